/**
 * Memory of CXL devices lent to this very machine, by what the kernel shows in {@code /sys}: a region is made of a device, its memory
 * comes on line, goes off line, is wiped, and the region is taken down. PCIe functions lent to virtual machines of this server: virtual ones
 * are made and limited, all are reset and given to {@code vfio-pci}, and drives to the kernel's own driver while they wipe themselves. And what else the kernel lets a machine do to itself: the power of PCIe
 * slots, processors on and off line, shares of caches and memory bandwidth, images for FPGAs.
 *
 * <p>All reading and writing goes through {@link org.rackweave.hal.sysfs.Attributes}, so that tests put a model of the kernel there.
 * What is so tested is which attributes are written in which order, what is made of each refusal, and that whatever a crash leaves is
 * finished or taken down; that a real kernel wants them in this order is seen only in a machine with one.
 *
 * <p><b>Invariant:</b> what a device is used for is read from the kernel each time and remembered nowhere; a DAX device is taken from the
 * kernel's memory only when each of its blocks is off line, since the kernel leaks what is not until the next boot.
 */
@NullMarked
package org.rackweave.hal.sysfs;

import org.jspecify.annotations.NullMarked;
