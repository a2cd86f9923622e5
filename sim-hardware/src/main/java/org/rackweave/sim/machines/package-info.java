/**
 * Machines with kernels of their own, in QEMU, for what this machine's kernel cannot show. The image is made by Debian's own
 * tools, and QEMU is run from that image, so that nothing but the tools that make it has to be installed.
 *
 * <p>Invariant: no guest outlives the process that started it, and none changes the image.
 */
@NullMarked
package org.rackweave.sim.machines;

import org.jspecify.annotations.NullMarked;
