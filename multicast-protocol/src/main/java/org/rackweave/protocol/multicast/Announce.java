package org.rackweave.protocol.multicast;

import java.util.Objects;
import org.rackweave.crypto.NodeId;

/**
 * "I am still here, and this is what I could lend": every period, and at once when it changes. Advice: nothing is
 * granted because of it.
 *
 * @param node the sender
 * @param bootEpoch its incarnation
 * @param version grows with each change of the offering within one incarnation; 1 is the first
 * @param advisoryEpochMillis the sender's wall clock; nothing is decided by it
 * @param periodMillis how long until its next announcement, within a fifth: what silence is measured by
 * @param coapPort where it answers CoAP over DTLS
 * @param offering what it has
 */
public record Announce(
        NodeId node,
        long bootEpoch,
        long version,
        long advisoryEpochMillis,
        long periodMillis,
        int coapPort,
        Offering offering)
        implements Payload {
    public Announce {
        Objects.requireNonNull(node);
        Objects.requireNonNull(offering);
        PayloadRules.requireBootEpoch(bootEpoch);
        PayloadRules.requirePort(coapPort);
        if (version < 1 || advisoryEpochMillis < 0) {
            throw new IllegalArgumentException("versions count from 1, and time is not negative");
        }
        if (periodMillis < ProtocolLimits.MIN_PERIOD_MILLIS || periodMillis > ProtocolLimits.MAX_PERIOD_MILLIS) {
            throw new IllegalArgumentException("a period is " + ProtocolLimits.MIN_PERIOD_MILLIS + " to "
                    + ProtocolLimits.MAX_PERIOD_MILLIS + " ms, not " + periodMillis);
        }
    }

    @Override
    public Type type() {
        return Type.ANNOUNCE;
    }
}
