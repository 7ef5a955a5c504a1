#!/bin/sh
# First program of the emulated machine: only what sound needs.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
mount -t tmpfs shm /dev/shm
/lib/systemd/systemd-udevd --daemon
udevadm trigger
udevadm settle --timeout=10
echo "@{\"what\": \"versions\", \"kernel\": \"$(uname -r)\", \"pipewire\": \"$(pipewire --version | awk '/Linked/ { print $4 }')\", \"wireplumber\": \"$(wireplumber --version | awk '/Linked/ { print $4 }')\"}"
cd /deskcue && python3 -m lab.relay_vm.guest 2>&1
sync
echo o >/proc/sysrq-trigger
sleep 5
