package org.rackweave.hal.inventory;

import java.util.OptionalInt;

/**
 * The PCI Express link of a function. Speeds are per lane; 2500 is what people call 2.5 GT/s.
 *
 * @param speedMegatransfers its speed now, in million transfers a second
 * @param widthLanes its lanes now; 0 when nothing is connected
 * @param maxSpeedMegatransfers the speed that this end could do
 * @param maxWidthLanes the lanes that this end could use
 */
public record PciLink(
        OptionalInt speedMegatransfers,
        OptionalInt widthLanes,
        OptionalInt maxSpeedMegatransfers,
        OptionalInt maxWidthLanes) {}
