// Copies what a read-only field holds.

/** Selects the field and copies it. False where neither way works; then the selection is there to be copied by hand. */
export async function copyFrom(field: HTMLInputElement): Promise<boolean> {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // A web view may keep the clipboard to itself; the selection still copies by the older way.
    return document.execCommand("copy");
  }
}
