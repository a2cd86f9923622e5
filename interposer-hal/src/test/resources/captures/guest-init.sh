#!/bin/sh
# The first process of an emulated machine: it sets up what the capture is to show, captures the machine and what other
# tools say of it, sends all of that through a serial port as base64, and powers off. See HARDWARE.md, "Making a capture".
#
# Words of the kernel command line:
#   lab.out=PORT         the serial port that the result goes to
#   lab.modules=A,B      modules to load first
#   lab.do=cxl           make a region of all of the first CXL memory device
#   lab.do=sriov         two virtual functions for whatever can have them; the last CPU and a memory block off line
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/jvm/java-21-openjdk-arm64/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run

word() {
    sed -n "s/.*lab\.$1=\([^ ]*\).*/\1/p" /proc/cmdline
}

for module in $(word modules | tr , ' '); do
    modprobe "$module" || echo "no module $module"
done
# Drivers find their devices in their own time.
sleep 2

case "$(word do)" in
cxl)
    cxl create-region -m -t ram -d decoder0.0 -w 1 -g 4096 mem0
    ;;
sriov)
    for total in /sys/bus/pci/devices/*/sriov_totalvfs; do
        echo 2 > "${total%/*}/sriov_numvfs"
    done
    echo 0 > /sys/devices/system/cpu/cpu3/online
    # Only a block without immovable pages goes off line, so the first that does is enough.
    for block in 15 14 13 12 11; do
        echo offline > /sys/devices/system/memory/memory$block/state && break
    done
    ;;
esac
sleep 2

mkdir /tmp/out
cd /tmp/out || exit 1
# The disk that holds the emulator's command line, padded with zero bytes.
for disk in /dev/vda /dev/vdb; do
    [ -b $disk ] && line=$(head -c 4096 $disk | tr -d '\0' | grep -a '^qemu-system') && made=$line
done
java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx48m -cp /opt/hal/hal.jar:/opt/hal/jna.jar \
    org.rackweave.hal.discovery.CaptureCommand machine.capture "$made"
echo "capture ended with $?"
lscpu -J > lscpu.json
lsmem -J > lsmem.json
lspci -vmmk -D > lspci.txt 2>/dev/null

stty -F "/dev/$(word out)" raw
tar c ./* | gzip | base64 > "/dev/$(word out)"
sync
sleep 1
echo o > /proc/sysrq-trigger
sleep 10
