/**
 * How a machine and its devices are, as its kernel counts and measures it: errors of PCIe devices, links below what they could
 * be, temperatures, power, fans, energy, errors of memory. And the one rule that makes a device a failing one.
 *
 * <p><b>Invariant:</b> values and pure functions: nothing here reads, waits or knows the time. A counter is what the kernel showed; it may
 * go back to 0 when its device comes again, and wrap. Whoever wants a growth asks {@link org.rackweave.hal.health.Growth}.
 */
@NullMarked
package org.rackweave.hal.health;

import org.jspecify.annotations.NullMarked;
