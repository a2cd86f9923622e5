/**
 * Finds out what a machine has, by reading trees of files: {@code /sys}, {@code /proc} and the PCI ID list.
 *
 * <p>A {@link org.rackweave.hal.discovery.HostTree} answers for single paths and nothing more; a directory of the file
 * system, a recorded manifest, and the decorators that record and scrub are all host trees. Sources (one class for each
 * part of a machine) ask a tree and build the inventory's values with the parsers of {@code org.rackweave.hal.text}.
 *
 * <p><b>Invariant:</b> a tree is only ever read, never written, within the limits of {@link
 * org.rackweave.hal.discovery.DiscoveryLimits}; whatever is found in it, discovery ends with an inventory and never with
 * an exception; discovery of a manifest equals discovery of the tree from which it was made, but for what was scrubbed.
 */
@NullMarked
package org.rackweave.hal.discovery;

import org.jspecify.annotations.NullMarked;
