/**
 * What the kernel says by itself when devices come, go and change: uevents.
 *
 * <p>A message is text, as the kernel's {@code lib/kobject_uevent.c} writes it:
 *
 * <pre>
 * add@/devices/pci0000:00/0000:00:01.0 NUL      action and place, once more for who reads no further
 * ACTION=add NUL  DEVPATH=/devices/… NUL  SUBSYSTEM=pci NUL  PCI_SLOT_NAME=… NUL  …  SEQNUM=4711 NUL
 * </pre>
 *
 * <p><b>Invariant:</b> an event is a hint that something is to be looked at, never what is found there; whatever was lost or not understood
 * becomes {@link org.rackweave.hal.uevent.Changes.Completeness#READ_ALL_AGAIN}.
 */
@NullMarked
package org.rackweave.hal.uevent;

import org.jspecify.annotations.NullMarked;
