"""Help and policies: texts in Markdown, with what the shop's own tables say beside them.

Tables: none. May import: pricing (ways of delivery), catalog (size charts).
"""
