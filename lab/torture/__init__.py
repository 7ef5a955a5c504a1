"""What befalls the way from the outbox to whoever listens, and what arrives all the same.

    python -m lab.torture --kills 500 --record

A real Mosquitto over TLS, a real ``deskcue uplink`` in a process of its own, events that flow
meanwhile, and someone who listens and notes everything.
"""
