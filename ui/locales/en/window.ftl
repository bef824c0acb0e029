# What every screen shares.
product = Invigil
window-title = Invigil
skip = Skip to the content
loading = One moment …
close = Close
close-message = Close this message
back = Back
copy = Copy
copied = Copied
try-again = Try again
to-home = To the start page
fatal-title = Invigil could not start

appearance = Appearance
appearance-theme = Colours
appearance-theme-system = As the desktop
appearance-theme-light = Light
appearance-theme-dark = Dark
appearance-theme-contrast = High contrast
appearance-size = Size
appearance-smaller = Smaller
appearance-larger = Larger
appearance-percent = { $percent } %

help = Keys
help-title = Keys
help-intro = Everything works with the keyboard. Tab moves on, Shift and Tab move back, Space or Enter presses.
key-next = Next question
key-previous = Previous question
key-flag = Flag or unflag this question
key-review = Review your answers
key-time = Say how much time is left
key-zoomIn = Larger
key-zoomOut = Smaller
key-zoomReset = Normal size
key-leave = Leave the exam (press it twice)
key-help = This list

offline = The network is away. Everything is saved on this computer; it will be sent when the network is back.
