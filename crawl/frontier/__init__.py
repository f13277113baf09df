"""What is left to do, and in which order: the durable store, hosts' queues by yield, pauses, visits again, mail."""
