package org.rackweave.protocol.message;

import java.util.Objects;
import java.util.Optional;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.NodeId;

/**
 * A group key as it is shown: which it is, never the key.
 *
 * @param mark which
 * @param maker the member that says to have made it; the rack's root for the first
 * @param madeAtMillis by the maker's clock, ms since 1970; 0 when nobody knows
 * @param ageMillis for how long it has existed, as far as the node knows
 * @param standing what the node does with it
 */
public record GroupKeyView(KeyMark mark, NodeId maker, long madeAtMillis, long ageMillis, Standing standing) {
    public GroupKeyView {
        Objects.requireNonNull(mark);
        Objects.requireNonNull(maker);
        Objects.requireNonNull(standing);
        if (madeAtMillis < 0 || ageMillis < 0) {
            throw new IllegalArgumentException("a time is negative");
        }
    }

    /** What a node does with a key. The code is the wire value and never changes; new ones are appended. */
    public enum Standing {
        /** Known, and not used yet: not every neighbour has said to have it. */
        KNOWN(1),
        /** It seals with it. */
        IN_USE(2),
        /** It seals with a newer one, and believes under this one for a little longer. */
        BELIEVED(3);

        private final int code;

        Standing(int code) {
            this.code = code;
        }

        /** The value on the wire. */
        public int code() {
            return code;
        }

        public static Optional<Standing> ofCode(long code) {
            for (Standing value : values()) {
                if (value.code == code) {
                    return Optional.of(value);
                }
            }
            return Optional.empty();
        }
    }
}
