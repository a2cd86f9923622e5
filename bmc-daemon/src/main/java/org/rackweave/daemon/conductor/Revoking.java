package org.rackweave.daemon.conductor;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.multicast.Mark;

/**
 * The newest list of revoked members that this node knows: which list is newer, which neighbour is to be asked for one. Who brings a
 * list does not matter, as the authority signed it; a neighbour that announces a newer one than it has is not asked again for a while.
 */
public final class Revoking {
    private final RevocationShelf shelf;
    private final Map<NodeId, Long> askedMillis = new LinkedHashMap<>();
    private Optional<Known> known = Optional.empty();
    private Optional<String> unkept = Optional.empty();

    public Revoking(RevocationShelf shelf) {
        this.shelf = shelf;
    }

    /** A list, and the bytes that its signature covers. */
    private record Known(RevocationList list, Carried signed, Mark mark) {
        static Known of(RevocationList list, Carried signed) {
            return new Known(list, signed, new Mark(list.number(), RevocationList.hash(signed.bytes())));
        }
    }

    /** What became of a list that somebody brought. */
    sealed interface Taking {
        /**
         * @param newcomers who is revoked now and was not before
         * @param unkept why it is not on the disk, and so holds until the daemon ends; empty when it is there
         */
        record Taken(long number, Set<NodeId> newcomers, Optional<String> unkept) implements Taking {
            public Taken {
                newcomers = Set.copyOf(newcomers);
            }
        }

        /** It, or a newer one, was known. */
        record WasKnown() implements Taking {}

        record Refused(RefusalCode code, String why) implements Taking {
            public Refused {
                Objects.requireNonNull(code);
            }
        }
    }

    /** As this node announces it. */
    Mark mark() {
        return known.map(Known::mark).orElse(Mark.NONE);
    }

    /** As the authority signed it; empty when this node knows of none. */
    Optional<Carried> signed() {
        return known.map(Known::signed);
    }

    boolean isRevoked(NodeId member) {
        return known.filter(last -> last.list().members().contains(member)).isPresent();
    }

    Taking take(Carried signed) {
        Optional<RevocationList> read = shelf.read(signed.bytes());
        if (read.isEmpty()) {
            return new Taking.Refused(
                    RefusalCode.INVALID,
                    "it is not a list of revocations that this rack's authority signed; take the file that 'rackweave ca"
                            + " revoke' wrote");
        }
        RevocationList list = read.get();
        long before = mark().number();
        if (list.number() == before && !signed().equals(Optional.of(signed))) {
            return new Taking.Refused(
                    RefusalCode.CONFLICT,
                    "another list with number " + before
                            + " is known here: two copies of the authority were used; at one of them revoke again all whom"
                            + " either list names");
        }
        if (list.number() < before) {
            return new Taking.Refused(
                    RefusalCode.CONFLICT, "list " + list.number() + " is older than list " + before + " here");
        }
        if (list.number() == before && unkept.isEmpty()) {
            return new Taking.WasKnown();
        }
        SortedSet<NodeId> newcomers = new TreeSet<>(list.members());
        known.ifPresent(last -> newcomers.removeAll(last.list().members()));
        known = Optional.of(Known.of(list, signed));
        unkept = keep(list, signed);
        return new Taking.Taken(list.number(), newcomers, unkept);
    }

    private Optional<String> keep(RevocationList list, Carried signed) {
        try {
            shelf.keep(list, signed.bytes());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Whether this neighbour, which announced this list, is to be asked for it now. */
    boolean isToBeAsked(NodeId neighbour, Mark announced, long nowMillis) {
        Long asked = askedMillis.get(neighbour);
        if (announced.number() <= mark().number()
                || (asked != null && nowMillis - asked < Limits.REVOCATIONS_RETRY_MILLIS)) {
            return false;
        }
        askedMillis.remove(neighbour);
        askedMillis.put(neighbour, nowMillis);
        if (askedMillis.size() > Limits.ENDPOINTS) {
            askedMillis.remove(askedMillis.keySet().iterator().next());
        }
        return true;
    }
}
