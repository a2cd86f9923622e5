/**
 * NVM Express: how a drive is asked what it is and told to erase itself, by admin commands of the NVM Express Base Specification 2.0 and
 * the NVM Command Set Specification 1.0, and how it is seen that it did. All numbers are little endian; each structure says its bytes.
 *
 * <p><b>Invariant:</b> nothing is called wiped that was not marked before the wipe and read back after it.
 */
@NullMarked
package org.rackweave.hal.nvme;

import org.jspecify.annotations.NullMarked;
