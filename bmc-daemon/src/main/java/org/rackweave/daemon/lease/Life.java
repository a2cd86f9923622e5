package org.rackweave.daemon.lease;

import static org.rackweave.protocol.message.SliceState.ACTIVE;
import static org.rackweave.protocol.message.SliceState.CONFIGURING;
import static org.rackweave.protocol.message.SliceState.FENCING;
import static org.rackweave.protocol.message.SliceState.FREE;
import static org.rackweave.protocol.message.SliceState.OVERDUE;
import static org.rackweave.protocol.message.SliceState.QUARANTINED;
import static org.rackweave.protocol.message.SliceState.RECLAIMING;
import static org.rackweave.protocol.message.SliceState.RESERVED;
import static org.rackweave.protocol.message.SliceState.SANITISING;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.rackweave.protocol.message.SliceState;

/**
 * The life of a slice: which state may follow which. An illegal step is a bug of ours and stops the daemon. Who has a free slice
 * next is not its state but a promise of the {@link Line}.
 *
 * <pre>
 *          lapse                                 release                   unbound
 *        +--------+                           +-----------> RECLAIMING ------------+
 *        v        |                           |  revoke        |  grace over       v
 *      FREE --> RESERVED --> CONFIGURING --> ACTIVE            +--> FENCING --> SANITISING --> FREE
 *        |                        |           |  ^             |      ^ ^          ^
 *        |                        | failed    |  | renewed     |      | |          |
 *        |                        +-----------|--|-------------|------+ |          |
 *        |                                    v  |             v        |          |
 *        |                                  OVERDUE -----------+--------+          |
 *        +----- also RESERVED: the ledger turns out to be an older copy -----------+
 *
 *      any --> QUARANTINED --> FENCING        (an operator's word ends it)
 * </pre>
 */
final class Life {
    private static final Map<SliceState, Set<SliceState>> NEXT = new EnumMap<>(SliceState.class);

    static {
        NEXT.put(FREE, EnumSet.of(RESERVED, SANITISING));
        NEXT.put(RESERVED, EnumSet.of(FREE, CONFIGURING, SANITISING));
        NEXT.put(CONFIGURING, EnumSet.of(ACTIVE, FENCING));
        NEXT.put(ACTIVE, EnumSet.of(RECLAIMING, FENCING, OVERDUE));
        NEXT.put(RECLAIMING, EnumSet.of(FENCING, SANITISING, OVERDUE));
        NEXT.put(OVERDUE, EnumSet.of(ACTIVE, RECLAIMING, FENCING));
        NEXT.put(FENCING, EnumSet.of(SANITISING));
        NEXT.put(SANITISING, EnumSet.of(FREE));
        NEXT.put(QUARANTINED, EnumSet.of(FENCING));
    }

    private Life() {}

    static boolean allows(SliceState from, SliceState to) {
        return to == QUARANTINED
                || from == to
                || NEXT.getOrDefault(from, Set.of()).contains(to);
    }
}
