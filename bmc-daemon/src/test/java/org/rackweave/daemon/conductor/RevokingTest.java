package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.RackId;
import org.rackweave.crypto.RevocationList;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.Carried;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.multicast.Mark;

/** Which of two lists of revocations holds, and who is asked for one. */
class RevokingTest {
    private static final NodeId A = new NodeId(0, 1);
    private static final NodeId B = new NodeId(0, 2);
    private static final Carried FIRST = Carried.of(new byte[] {1});
    private static final Carried SECOND = Carried.of(new byte[] {2});
    private static final Carried OTHER_SECOND = Carried.of(new byte[] {2, 2});

    private final Shelf shelf = new Shelf();
    private final Revoking revoking = new Revoking(shelf);

    /** Believes three lists. */
    private static final class Shelf implements RevocationShelf {
        private final Map<Carried, RevocationList> signed = new HashMap<>();
        private Optional<RevocationList> kept = Optional.empty();
        private boolean isFull;

        Shelf() {
            signed.put(FIRST, list(1, A));
            signed.put(SECOND, list(2, A, B));
            signed.put(OTHER_SECOND, list(2, B));
        }

        private static RevocationList list(long number, NodeId... members) {
            return new RevocationList(new RackId(7, 7), number, Instant.EPOCH, new TreeSet<>(Set.of(members)));
        }

        @Override
        public Optional<RevocationList> read(byte[] bytes) {
            return Optional.ofNullable(signed.get(Carried.of(bytes)));
        }

        @Override
        public void keep(RevocationList list, byte[] bytes) throws IOException {
            if (isFull) {
                throw new IOException("No space left on device");
            }
            kept = Optional.of(list);
        }
    }

    private RefusalCode refusal(Carried list) {
        return ((Revoking.Taking.Refused) revoking.take(list)).code();
    }

    @Test
    void aNewerListHoldsAndNamesOnlyWhoIsNewOnIt() {
        assertThat(revoking.mark()).isEqualTo(Mark.NONE);
        assertThat(revoking.take(FIRST)).isEqualTo(new Revoking.Taking.Taken(1, Set.of(A), Optional.empty()));
        assertThat(revoking.take(SECOND)).isEqualTo(new Revoking.Taking.Taken(2, Set.of(B), Optional.empty()));
        assertThat(revoking.mark().number()).isEqualTo(2);
        assertThat(revoking.signed()).contains(SECOND);
        assertThat(revoking.isRevoked(A) && revoking.isRevoked(B)).isTrue();
        assertThat(shelf.kept.map(RevocationList::number)).contains(2L);
    }

    @Test
    void whatIsKnownChangesNothingAndWhatIsOlderOrContradictsIsRefused() {
        assertThat(revoking.take(SECOND)).isInstanceOf(Revoking.Taking.Taken.class);
        assertThat(revoking.take(SECOND)).isEqualTo(new Revoking.Taking.WasKnown());
        assertThat(refusal(FIRST)).isEqualTo(RefusalCode.CONFLICT);
        assertThat(refusal(OTHER_SECOND)).isEqualTo(RefusalCode.CONFLICT);
        assertThat(refusal(Carried.of(new byte[] {9}))).isEqualTo(RefusalCode.INVALID);
        assertThat(revoking.signed()).contains(SECOND);
    }

    @Test
    void whatCannotBeKeptHoldsAndIsKeptWhenItComesAgain() {
        shelf.isFull = true;
        assertThat(revoking.take(FIRST))
                .isEqualTo(new Revoking.Taking.Taken(1, Set.of(A), Optional.of("No space left on device")));
        assertThat(revoking.isRevoked(A)).isTrue();
        assertThat(shelf.kept).isEmpty();
        shelf.isFull = false;
        assertThat(revoking.take(FIRST)).isEqualTo(new Revoking.Taking.Taken(1, Set.of(), Optional.empty()));
        assertThat(shelf.kept.map(RevocationList::number)).contains(1L);
        assertThat(revoking.take(FIRST)).isEqualTo(new Revoking.Taking.WasKnown());
    }

    @Test
    void whoAnnouncesANewerListIsAskedForItAndNotAgainAtOnce() {
        Mark newer = new Mark(1, 42);
        assertThat(revoking.isToBeAsked(A, Mark.NONE, 0)).isFalse();
        assertThat(revoking.isToBeAsked(A, newer, 0)).isTrue();
        assertThat(revoking.isToBeAsked(A, newer, Limits.REVOCATIONS_RETRY_MILLIS - 1))
                .isFalse();
        assertThat(revoking.isToBeAsked(B, newer, 1)).as("another may have it").isTrue();
        assertThat(revoking.isToBeAsked(A, newer, Limits.REVOCATIONS_RETRY_MILLIS))
                .isTrue();
        assertThat(revoking.take(FIRST)).isInstanceOf(Revoking.Taking.Taken.class);
        assertThat(revoking.isToBeAsked(A, newer, 2 * Limits.REVOCATIONS_RETRY_MILLIS))
                .isFalse();
    }
}
