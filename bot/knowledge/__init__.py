"""Articles a city publishes, and finding the one that answers a question."""

from bot.knowledge.answers import Answer, Candidate
from bot.knowledge.articles import Article, load_articles
from bot.knowledge.base import KnowledgeBase, get_knowledge

__all__ = ["Answer", "Article", "Candidate", "KnowledgeBase", "get_knowledge", "load_articles"]
