"""Jobs: work that is written down in the caller's transaction and done afterwards, at least once.

Owns jobs. Offers service.enqueue, worker.working and queries. Calls no feature: job_handlers.py says
what each kind of job does.
"""
