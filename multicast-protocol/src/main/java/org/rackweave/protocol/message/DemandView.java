package org.rackweave.protocol.message;

import java.util.Objects;

/**
 * What the rack has of a kind and what it waits for, as its coordinator saw it last.
 *
 * @param kind of what; all amounts are in its unit
 * @param total what all owners own
 * @param free what of it is free
 * @param held what of it is promised or granted
 * @param wanted what demands that wait ask for, each counted once
 * @param waiting how many demands wait
 */
public record DemandView(ResourceKind kind, long total, long free, long held, long wanted, int waiting) {
    public DemandView {
        Objects.requireNonNull(kind);
        if (total < 0 || free < 0 || held < 0 || wanted < 0 || waiting < 0) {
            throw new IllegalArgumentException("an amount is negative");
        }
    }
}
