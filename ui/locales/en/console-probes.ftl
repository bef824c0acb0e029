# What probes saw, as the log tells it. Neutral: a sign is seen by a machine, and what it means is for people to decide.
# Each probe has its name; what it saw; the same with how long; and that it saw it no more.
probe-focus = Another window in front
probed-focus = The keyboard went to { $what }.
probed-focus-for = The keyboard was with { $what } for { span }.
probed-focus-gone = The exam window had the keyboard again.
probe-outputs = Other screens
probed-outputs = { $count ->
    [one] Another screen was connected: { $what }.
   *[other] { $count } other screens were connected: { $what }.
}
probed-outputs-for = { $count ->
    [one] Another screen was connected for { span }: { $what }.
   *[other] { $count } other screens were connected for { span }: { $what }.
}
probed-outputs-gone = No other screen was connected any more.
probe-terminal = Another session in front
probed-terminal = Another login session or text console came in front: { $what }.
probed-terminal-for = Another login session or text console was in front for { span }: { $what }.
probed-terminal-gone = The session with the exam was in front again.
probe-lock-screen = Locked screen
probed-lock-screen = The screen was locked.
probed-lock-screen-for = The screen was locked for { span }.
probed-lock-screen-gone = The screen was open again.
probe-remote-login = Use from another computer
probed-remote-login = The computer was used from another one: { $what }.
probed-remote-login-for = The computer was used from another one for { span }: { $what }.
probed-remote-login-gone = The computer was not used from another one any more.
probe-screen-share = Shared or recorded screen
probed-screen-share = The screen was recorded or shared by { $what }.
probed-screen-share-for = The screen was recorded or shared for { span } by { $what }.
probed-screen-share-gone = The screen was not recorded or shared any more.
probe-clipboard = Clipboard
probed-clipboard = Another program put something into the clipboard: { $what }. It was thrown away.
probed-clipboard-for = Another program put something into the clipboard for { span }: { $what }. It was thrown away.
probed-clipboard-gone = No other program put anything into the clipboard any more.
probe-injected-input = Keys from a program
probed-injected-input = Keys came from a program instead of a keyboard: { $what }. Aids such as on-screen keyboards do this too.
probed-injected-input-for = Keys came from a program instead of a keyboard for { span }: { $what }. Aids such as on-screen keyboards do this too.
probed-injected-input-gone = No keys came from a program any more.
probe-debugger = Program attached to Invigil
probed-debugger = Another program was attached to Invigil: { $what }.
probed-debugger-for = Another program was attached to Invigil for { span }: { $what }.
probed-debugger-gone = No other program was attached to Invigil any more.
probe-virtual-machine = Signs of a virtual machine
probed-virtual-machine = The computer showed signs of a virtual machine: { $what }. Ordinary computers sometimes show them too.
probed-virtual-machine-for = The computer showed signs of a virtual machine for { span }: { $what }. Ordinary computers sometimes show them too.
probed-virtual-machine-gone = The computer showed no signs of a virtual machine any more.
probe-programs = Programs that the rules name
probed-programs = A program that the rules name was running: { $what }.
probed-programs-for = A program that the rules name was running for { span }: { $what }.
probed-programs-gone = No program that the rules name was running any more.
probe-keyboards = Another keyboard
probed-keyboards = Another keyboard was plugged in: { $what }.
probed-keyboards-for = Another keyboard was plugged in for { span }: { $what }.
probed-keyboards-gone = The other keyboard was unplugged.

# Of a probe that this console does not know.
probed-other = The computer showed “{ $probe }”: { $what }.
probed-other-for = The computer showed “{ $probe }” for { span }: { $what }.
probed-other-gone = The computer did not show “{ $probe }” any more.
