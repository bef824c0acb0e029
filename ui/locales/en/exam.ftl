# The exam and the review.
recording-taking = Screen recorded
recording-failing = Screen not recorded
time-left = Time left
time-five = under 5 minutes
time-one = last minute
time-up = time is up
time-folded = Folded away
time-say = Say the time left
time-fold = Hide time
time-unfold = Show time
time-why = Why this time?
time-why-title = Why you have this much time left
time-part-allowed = This exam
time-part-accommodation = Your extra time
time-part-window-ends = Cut off where the exam’s window ends
time-part-window-ends-at = Cut off: the exam’s window ends at { $time }
time-part-granted = Added by a proctor
time-part-given-back = Given back after restarts
time-part-worked = Used so far
time-part-off = Gone while Invigil or the computer was off
time-plus = plus { span }
time-minus = minus { span }
time-stood = Apart from this, the clock stood still for { span }. That cost you nothing.
time-stands-now = The clock stands still now. That costs you nothing.
span-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}
span-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}
span-seconds = { $seconds ->
    [one] 1 second
   *[other] { $seconds } seconds
}
span = { $unit ->
    [hours] { span-hours }
    [minutes] { span-minutes }
    [hours-minutes] { span-hours } and { span-minutes }
    [hours-seconds] { span-hours } and { span-seconds }
    [minutes-seconds] { span-minutes } and { span-seconds }
    [hours-minutes-seconds] { span-hours }, { span-minutes } and { span-seconds }
   *[seconds] { span-seconds }
}
time-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} and { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} left
time-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and { $seconds ->
    [one] 1 second
   *[other] { $seconds } seconds
} left
time-seconds = { $seconds ->
    [one] 1 second left
   *[other] { $seconds } seconds left
}
time-none = There is no time limit.
time-stopped = The clock stands still.

leave = Leave the exam
leave-title = Leave the exam?
leave-clock = Your answers are saved. The clock goes on while you are away.
leave-untimed = Your answers are saved.
leave-may-return = You may come back by yourself while there is time.
leave-no-return = You can come back only when a proctor lets you.
leave-neutral = Leaving is noted without a reason and is not held against you. Your computer is yours again at once.
leave-stay = Stay in the exam
leave-do = Leave now

navigator = Questions
navigator-count = { $answered } of { $of } answered
place-answered = Question { $number }, answered
place-unanswered = Question { $number }, not answered
place-unseen = Question { $number }, not seen yet
place-answered-flagged = Question { $number }, answered, flagged
place-unanswered-flagged = Question { $number }, not answered, flagged
place-unseen-flagged = Question { $number }, not seen yet, flagged
legend-answered = answered
legend-flagged = flagged
legend-current = you are here

question = Question { $number } of { $of }
question-short = Question { $number }
marks = { $marks ->
    [one] 1 mark
   *[other] { $marks } marks
}
flag = Flag
flagged = Flagged
flag-set = Flagged.
flag-gone = Not flagged any more.
previous = Previous
next = Next
loading-question = The question is coming …
instructions-choice = Choose one answer.
instructions-choices = Choose every answer that is right.
instructions-textEntry = Write a few words.
instructions-extendedText = Write your answer.
answer-clear = Clear my answer
text-remaining = { $left ->
    [0] The answer is full.
    [one] Room for one more character.
   *[other] Room for { $left } more characters.
}
save-saved = Saved
save-saving = Saving …
save-failed = Not saved.
save-empty = No answer yet
save-retry = Save again

check = Check my answer
check-hint = Answer first, then check.
choice-number = Answer { $number }:
choice-right = Right
choice-wrong = Not right
feedback-right = That is right
feedback-wrong = That is not right
feedback-person = A person would have to judge this
feedback-accepted = Accepted answers:
feedback-references = Read more:

review-go = Review answers
review-title = Review your answers
review-count = { $unanswered ->
    [0] All { $of } questions have an answer.
    [one] { $answered } of { $of } questions have an answer. One has none.
   *[other] { $answered } of { $of } questions have an answer. { $unanswered } have none.
}
review-unanswered = { $count ->
    [one] One without an answer
   *[other] { $count } without an answer
}
review-flagged = { $count ->
    [one] One you flagged
   *[other] { $count } you flagged
}
review-rest = { $count ->
    [one] One more with an answer
   *[other] { $count } more with an answer
}
review-complete = Nothing is left open.
review-practice = Practice is never handed in. What you answered stays on this computer.
practice-end = End practice
back-to-last = Back to the last question
hand-in = Hand in …
hand-in-hint = When you are done, hand in. You are asked once more.
hand-in-title = Hand in your exam?
hand-in-count = { $unanswered ->
    [0] All { $of } questions have an answer.
    [one] One question has no answer. An empty answer gives no marks.
   *[other] { $unanswered } questions have no answer. Empty answers give no marks.
}
hand-in-final = After that you cannot change anything.
hand-in-stay = Keep working
hand-in-stay-away = Not yet
hand-in-do = Hand in now
