//! The questions that this project began with, and where each is answered.

/// A question.
#[derive(Debug)]
pub struct Question {
    /// As it was asked, shortened.
    pub text: &'static str,
    /// The scenes whose runs answer it.
    pub scenes: &'static [usize],
    /// The answer in a sentence.
    pub answer: &'static str,
}

/// The questions, each with the numbers of its scenes, in lines of at most that width.
#[must_use]
pub fn table(width: usize) -> String {
    let mut text = String::from("Questions, and the scenes that answer them:\n\n");
    let options = textwrap::Options::new(width)
        .subsequent_indent("                  ")
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    for (number, question) in (1..).zip(QUESTIONS) {
        let scenes: Vec<String> = question.scenes.iter().map(usize::to_string).collect();
        let plural = if scenes.len() == 1 { "" } else { "s" };
        let scenes = format!("scene{plural} {}", scenes.join(", "));
        let line = format!("  {number}  {scenes:<11}  {}", question.text);
        text.push_str(&textwrap::fill(&line, &options));
        text.push('\n');
    }
    text
}

/// All of them, in their order.
pub static QUESTIONS: &[Question] = &[
    Question {
        text: "What is a waker, and who gives it to whom?",
        scenes: &[1, 2],
        answer: "A handle that asks for a poll. The executor gives it to the future by the Context, \
                 the future gives a clone to the event source, and the source calls it, which \
                 tells the executor.",
    },
    Question {
        text: "How do reactor and executor talk, why are they two things, and what blocks when they are one?",
        scenes: &[3],
        answer: "By wakers alone. One that waits for the device of one task does not poll the \
                 others meanwhile; if they are what it waits for, it waits for ever.",
    },
    Question {
        text: "What happens if Pending comes without a wake arranged, and how would one find out?",
        scenes: &[4],
        answer: "The task is never polled again. From outside it only waits; the ledger of wakers \
                 shows that nothing can wake it: pending-without-waker, waker-dropped, stale-waker.",
    },
    Question {
        text: "Is wake called when the result is ready, or when more progress can be made?",
        scenes: &[6],
        answer: "When more progress can be made. A combinator wakes itself between two items, and \
                 that is no busy-poll as long as it gets on.",
    },
    Question {
        text: "The alternative to waking oneself is a loop. Whom does it starve, and when?",
        scenes: &[6],
        answer: "Every other task of the same thread, for as long as items are there at once.",
    },
    Question {
        text: "Why park, and are only threads parked? What if the unpark comes first, or just after Pending?",
        scenes: &[5],
        answer: "To leave the core to others while all are Pending. A task does the same by being \
                 Pending. An unpark leaves a token, so a park after it returns at once; without the \
                 token the thread sleeps for ever.",
    },
    Question {
        text: "Does an executor poll only who was woken, or the whole pool, and when does it park?",
        scenes: &[3, 6],
        answer: "Only who was woken, or everybody: either is right, and polling everybody takes more \
                 polls. It parks when nobody of the pool is woken, not after every Pending.",
    },
    Question {
        text: "What does the simplest block_on need, and what goes wrong if a line is missing?",
        scenes: &[5],
        answer: "A loop of poll and park, and a waker that leaves a token and rings. Without the \
                 token a wake during the poll is lost, without the bell one while it parks.",
    },
];
