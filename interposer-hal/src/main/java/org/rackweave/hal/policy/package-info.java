/**
 * From what a machine has to what it may lend: a pure decision, made anew from every inventory.
 *
 * <p>The policy, in the order in which it is applied to each piece of hardware; the first line that holds decides:
 *
 * <ol>
 *   <li>What this machine <em>borrowed</em> is never offered, not even when it is claimed as well; nor is what
 *       belongs to it: the functions below a borrowed bridge, the virtual functions of a borrowed physical one.
 *   <li>What carries others (bridges, switch ports) is no slice; it moves what is lent.
 *   <li>What has no identity of its own can be neither claimed nor offered: a CXL device without a serial number, or with
 *       one that another device in the same machine has too.
 *   <li>Only what an operator's configuration <em>claims</em> by its identity is offered; being seen is not enough.
 *   <li>What the machine itself needs (<em>keep</em>) is not offered: the stated PCI addresses and classes whole; of cores
 *       and memory the stated amount, taken from the NUMA nodes in ascending order, whether these are claimed or not.
 *       A core that is not entirely on line, or whose node is not known, is kept too.
 *   <li>What is in use is not offered: capacity that a CXL region has taken, and a physical function whose virtual ones
 *       exist, since those can be lent by themselves.
 *   <li>A PCI function whose IOMMU group is not known, or holds another function that is no bridge, is not offered: who
 *       got it could reach its neighbour's memory.
 * </ol>
 *
 * <p>Memory on a node without CPUs, and memory that a CXL region backs, is never offered as this machine's DRAM: it is
 * the device's, and on a borrower it is the lender's. Whether a driver or a file system uses a function is not known
 * here; what must stay is named under keep.
 *
 * <p>Before a function is given to a virtual machine of this very server, {@link org.rackweave.hal.policy.PassThroughRule} asks more: what
 * the machine shows of it at that moment, and not at the last inventory.
 *
 * <p><b>Invariant:</b> every piece of hardware is either offered or withheld with one reason; nothing is offered that was
 * not claimed, that was borrowed, or that is kept; the same arguments give the same decision.
 */
@NullMarked
package org.rackweave.hal.policy;

import org.jspecify.annotations.NullMarked;
