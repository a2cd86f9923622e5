package org.rackweave.protocol.multicast;

import java.util.Objects;
import java.util.regex.Pattern;
import org.rackweave.crypto.NodeId;

/**
 * "I am going, on purpose": so that nobody has to wait for silence. It ends no loan.
 *
 * @param node the sender
 * @param bootEpoch the incarnation that ends
 * @param reason one word for people, 1 to 32 of {@code a-z} and {@code -}, starting with a letter: {@code shutdown},
 *     {@code restart}, {@code maintenance}
 */
public record Leave(NodeId node, long bootEpoch, String reason) implements Payload {
    private static final Pattern REASON = Pattern.compile("[a-z][a-z-]{0,31}");

    public Leave {
        Objects.requireNonNull(node);
        PayloadRules.requireBootEpoch(bootEpoch);
        if (!REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException("a reason is one word of 1 to 32 letters a-z and '-'");
        }
    }

    @Override
    public Type type() {
        return Type.LEAVE;
    }
}
