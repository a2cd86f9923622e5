/**
 * The other side of the fabric manager's wire: a CXL switch with virtual switches, single, pooled, multi-headed and
 * dynamic capacity devices, as a program that any FM-API client over MCTP and TCP can command. It reads requests and writes answers with the codec of {@link
 * org.rackweave.hal.cxl}; only what it does is here.
 *
 * <p>Invariant: {@link org.rackweave.sim.cxl.CxlSwitch} is a state machine that is told the time; what it answers follows from its
 * plan, what it was asked and when.
 */
@NullMarked
package org.rackweave.sim.cxl;

import org.jspecify.annotations.NullMarked;
