package org.rackweave.daemon.matching;

import java.util.List;
import java.util.Objects;
import org.rackweave.protocol.message.SliceView;

/**
 * What is weighed beside the requirement.
 *
 * @param power whether devices that are in use already are filled first
 * @param held what the loan has already, when it is to grow: its lenders do not count as further ones, and where the locality
 *     says so its fabric is the only one
 */
public record Setting(Power power, List<SliceView> held) {
    /** Devices in use are filled, and nothing is held yet. */
    public static final Setting USUAL = new Setting(Power.FILL, List.of());

    /** What is done with devices of which nothing is in use. */
    public enum Power {
        /** They are left asleep for as long as others will do. */
        FILL,
        /** They are taken first, so that no device carries much. */
        SPREAD
    }

    public Setting {
        Objects.requireNonNull(power);
        held = List.copyOf(held);
    }
}
