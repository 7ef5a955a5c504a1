"""The relay in a machine of its own: a stock Debian kernel in QEMU, with kernel sound cards."""
