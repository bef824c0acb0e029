notification-result = Your result is there
    .body = { $exam } has been graded. Open Invigil to see the result.
notification-window-open = Your exam can start
    .body = The time window of { $exam } is open now.
screen-covered = This screen is covered during the exam.
