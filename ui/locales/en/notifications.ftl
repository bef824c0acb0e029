notification-result = Your result is there
    .body = { $exam } has been graded. Open Invigil to see the result.
notification-window-open = Your exam can start
    .body = The time window of { $exam } is open now.
screen-covered = This screen is covered during the exam.
doctor-trial = Invigil tries for a few seconds what an exam asks of this computer: the keyboard, the whole screen, the clipboard. Everything is given back by itself. Escape ends it at once.
