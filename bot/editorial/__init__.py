"""What editors should look at: questions the knowledge base had no answer to."""

from bot.editorial.unanswered import UnansweredQuestion, open_questions, record_unanswered, settle

__all__ = ["UnansweredQuestion", "open_questions", "record_unanswered", "settle"]
