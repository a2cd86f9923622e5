package org.rackweave.protocol.multicast;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.NodeId;

/**
 * "Here I am, and this is my boot key": self-contained, so that a node that never heard of the sender can check it. At
 * boot, every minute, and when somebody asks.
 */
public final class Hello implements Payload {
    private final NodeId node;
    private final long bootEpoch;
    private final int coapPort;
    private final byte[] certificateDer;
    private final byte[] delegation;
    private final Purpose purpose;

    /**
     * Refuses what would not fit the wire.
     *
     * @param node the sender: the hash of the key in {@code certificateDer}
     * @param bootEpoch its incarnation
     * @param coapPort where it answers CoAP over DTLS
     * @param certificateDer its X.509 leaf; copied
     * @param delegation what its certificate's key says of its boot key; copied
     * @param purpose whether neighbours should answer
     */
    public Hello(NodeId node, long bootEpoch, int coapPort, byte[] certificateDer, byte[] delegation, Purpose purpose) {
        this.node = Objects.requireNonNull(node);
        this.bootEpoch = PayloadRules.requireBootEpoch(bootEpoch);
        this.coapPort = PayloadRules.requirePort(coapPort);
        this.certificateDer = PayloadRules.requireBytes(certificateDer, ProtocolLimits.MAX_CERTIFICATE_BYTES);
        this.delegation = PayloadRules.requireBytes(delegation, ProtocolLimits.MAX_DELEGATION_BYTES);
        this.purpose = Objects.requireNonNull(purpose);
    }

    @Override
    public Type type() {
        return Type.HELLO;
    }

    @Override
    public NodeId node() {
        return node;
    }

    @Override
    public long bootEpoch() {
        return bootEpoch;
    }

    /** Where it answers CoAP over DTLS, at the address that its datagram came from. */
    public int coapPort() {
        return coapPort;
    }

    /** A copy of its X.509 leaf. */
    public byte[] certificateDer() {
        return certificateDer.clone();
    }

    /** A copy of what its certificate's key says of its boot key. */
    public byte[] delegation() {
        return delegation.clone();
    }

    /** Whether neighbours should answer. */
    public Purpose purpose() {
        return purpose;
    }

    // A class and not a record only because the arrays of a record would be shared and would be compared by identity.
    @Override
    public boolean equals(Object other) {
        return other instanceof Hello that
                && node.equals(that.node)
                && bootEpoch == that.bootEpoch
                && coapPort == that.coapPort
                && Arrays.equals(certificateDer, that.certificateDer)
                && Arrays.equals(delegation, that.delegation)
                && purpose == that.purpose;
    }

    @Override
    public int hashCode() {
        return Objects.hash(node, bootEpoch, coapPort, Arrays.hashCode(certificateDer), purpose);
    }

    @Override
    public String toString() {
        return "Hello[node=" + node + ", bootEpoch=" + bootEpoch + ", coapPort=" + coapPort + ", delegation="
                + HexFormat.of().formatHex(delegation) + ", purpose=" + purpose + "]";
    }

    /** Under which key a hello is sealed. */
    public enum Seal {
        /** The group key that its sender uses for everything else: whoever misses rotations does not hear it. */
        GROUP,
        /** The key that came with the identity: every member hears it, whatever rotations it missed. */
        ENTRY
    }

    /** Whether neighbours should answer. The code is the wire value and never changes; new ones are appended. */
    public enum Purpose {
        /** No answer is needed. */
        TELL(1),
        /** Each neighbour should say hello too, spread over one period. */
        ASK(2);

        private final int code;

        Purpose(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Optional<Purpose> ofCode(long code) {
            for (Purpose purpose : values()) {
                if (purpose.code == code) {
                    return Optional.of(purpose);
                }
            }
            return Optional.empty();
        }
    }
}
