"""Reviews of what was bought and delivered: written, moderated, shown, voted on, reported.

Tables: reviews, review_photographs, review_votes, review_reports. Triggers (migration 0020) keep the
average and count of a product, and the helpful votes of a review, in step with the rows.
"""
