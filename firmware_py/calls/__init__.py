"""The life of a call: signals of the phone system, the hook switch, the summary."""
