"""Help and policies: texts in Markdown, with what the shop's own tables say beside them.

Tables: none. May import: content (staff's texts), pricing (delivery methods), catalog (size charts).
"""
