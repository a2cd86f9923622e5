/**
 * Memory behind a CXL switch, lent by logical device: the interposer that drives a switch through its fabric manager interface
 * ({@link org.rackweave.hal.cxl}).
 */
@NullMarked
package org.rackweave.hal.cxl.pool;

import org.jspecify.annotations.NullMarked;
