package org.rackweave.hal.switchtec.routing;

import org.rackweave.hal.HalException;
import org.rackweave.hal.switchtec.SwitchtecLink;

/** Opens a link to one switch, each time a new one. */
@FunctionalInterface
interface LinkOpener {
    /**
     * @throws HalException.Unavailable when there is none
     * @throws HalException.Refused when it may not be opened, or leads to a switch that cannot be used
     */
    SwitchtecLink open() throws HalException;
}
