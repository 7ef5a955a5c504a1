"""What passes between a desk and the world over MQTT: topics, payloads and their JSON Schemas.

One place for all of it. ``docs/contract.md`` and ``docs/asyncapi.json`` are written from here by
``python -m lab.contract_docs``, and a test fails when they differ.
"""
