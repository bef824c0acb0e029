# What Invigil looks for besides its controls. Each probe has its name and five sentences: what is recorded and why, for
# the notice; what it sees now, and what to do if it has to go, for the check and the stopped exam; what was noted and
# when it was gone, for the record. None of them judges: a machine sees signs, a person decides.
probe-focus = Another window in front
    .recorded = That the keyboard was with another window, and the name of its program where the desktop tells it. Something may have lain over the exam. Titles and contents of windows are never read.
    .seen = The keyboard is with { $what }.
    .do = Close other windows and menus, and click into this one.
    .noted = The keyboard was with { $what }.
    .gone = The exam window had the keyboard again.
probe-outputs = Other screens
    .recorded = The names of other screens that are connected, such as HDMI-1. What is shown on them is no part of this.
    .seen = { $count ->
    [one] Another screen is connected: { $what }.
   *[other] { $count } other screens are connected: { $what }.
}
    .do = Unplug every screen but this one, or switch it off in the settings of the desktop. If you need it, tell your proctor.
    .noted = { $count ->
    [one] Another screen was connected: { $what }.
   *[other] { $count } other screens were connected: { $what }.
}
    .gone = No other screen was connected any more.
probe-terminal = Another session in front
    .recorded = That another login session or text console of this computer was in front, and which. The exam cannot be seen then.
    .seen = Another login session or text console is in front: { $what }.
    .do = Go back to the session with the exam. On most computers that is Ctrl, Alt and F1, F2 or F7 together.
    .noted = Another login session or text console was in front: { $what }.
    .gone = The session with the exam was in front again.
probe-lock-screen = Locked screen
    .recorded = When the screen was locked, and when it was open again.
    .seen = The screen is locked.
    .do = Unlock it and come back to this window.
    .noted = The screen was locked.
    .gone = The screen was open again.
probe-remote-login = Use from another computer
    .recorded = That this computer is used from another one, or that somebody is logged in to it from there, and the name of that session. Somebody else could see or answer the exam.
    .seen = This computer is used from another one: { $what }.
    .do = End that connection. If you need it, or know of none, tell your proctor.
    .noted = This computer was used from another one: { $what }.
    .gone = This computer was not used from another one any more.
probe-screen-share = Shared or recorded screen
    .recorded = The names of programs that record or share the screen, where the desktop tells them. Others could read the questions. This is about other programs, not about Invigil.
    .seen = The screen is recorded or shared by { $what }.
    .do = Stop the recording or the sharing in that program. If you need it, or know of none, tell your proctor.
    .noted = The screen was recorded or shared by { $what }.
    .gone = The screen was not recorded or shared any more.
probe-clipboard = Clipboard
    .recorded = That another program put something into the clipboard during the exam, and its name. What it was is never read.
    .seen = Another program put something into the clipboard: { $what }. It was thrown away.
    .do = If it is an aid that you use, keep it and tell your proctor. If not, close that program.
    .noted = Another program put something into the clipboard: { $what }.
    .gone = No other program put anything into the clipboard any more.
probe-injected-input = Keys from a program
    .recorded = That keys came from a program instead of a keyboard, and from which device. On-screen keyboards, dictation and other aids do this too. Which keys is never recorded.
    .seen = Keys come from a program instead of a keyboard: { $what }.
    .do = If it is an aid that you use, keep it and tell your proctor. If not, end that program.
    .noted = Keys came from a program instead of a keyboard: { $what }.
    .gone = No keys came from a program any more.
probe-debugger = Program attached to Invigil
    .recorded = The name of a program that is attached to Invigil. It could change what Invigil does.
    .seen = Another program is attached to Invigil: { $what }.
    .do = End that program. If you know of none, tell your proctor.
    .noted = Another program was attached to Invigil: { $what }.
    .gone = No other program was attached to Invigil any more.
probe-virtual-machine = Signs of a virtual machine
    .recorded = Signs that this computer runs inside another one, where the exam could be seen from outside. Ordinary computers show such signs too, so they never count alone.
    .seen = This computer shows signs of a virtual machine: { $what }. Ordinary computers sometimes show them too.
    .do = If it is a virtual machine and you may not use one, take another computer. If it is an ordinary one, tell your proctor.
    .noted = This computer showed signs of a virtual machine: { $what }. Ordinary computers sometimes show them too.
    .gone = This computer showed no signs of a virtual machine any more.
probe-programs = Programs that the rules name
    .recorded = Whether one of these is running: { $names }. No list of your other programs is made.
    .seen = A program that the rules name is running: { $what }.
    .do = Save what you have open in it, then close it.
    .noted = A program that the rules name was running: { $what }.
    .gone = No program that the rules name was running any more.
probe-keyboards = Another keyboard
    .recorded = The names of keyboards that are plugged in during the exam. Which keys you press is never recorded.
    .seen = Another keyboard was plugged in: { $what }.
    .do = If it is yours, keep it and tell your proctor. If not, unplug it.
    .noted = Another keyboard was plugged in: { $what }.
    .gone = The other keyboard was unplugged.

# What follows when a probe sees something.
reaction-log = is noted
reaction-warn = is noted, and you are told
reaction-hold = stops the exam
reaction-refuse = keeps the exam from starting
