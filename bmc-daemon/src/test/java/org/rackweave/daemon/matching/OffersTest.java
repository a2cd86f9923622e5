package org.rackweave.daemon.matching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceId;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

class OffersTest {
    /** The rule in the words of Matching's documentation, by looking at every slice of one owner. */
    @Test
    void oneSliceIsTheSmallestThatFitsWhereverItIs() {
        Random random = new Random(3);
        for (int round = 0; round < 2_000; round++) {
            List<SliceView> slices = drawn(random);
            Requirement wish = wish(random);
            Optional<SliceView> smallest = slices.stream()
                    .filter(slice -> slice.state() == SliceState.FREE
                            && slice.kind() == wish.kind()
                            && slice.amount() >= wish.amount()
                            && wish.from().map(slice.id().owner()::equals).orElse(true)
                            && wish.capability()
                                    .map(slice.capabilities()::contains)
                                    .orElse(true)
                            && (wish.worstForcedEnd() == ForcedEndEffect.FATAL
                                    || slice.forcedEnd() == ForcedEndEffect.TOLERATED))
                    .min(Comparator.comparingLong(SliceView::amount)
                            .thenComparing(slice -> slice.id().owner())
                            .thenComparing(slice -> slice.id().key()));
            Plan plan = Matching.match(wish, slices);
            if (smallest.isPresent()
                    && plan instanceof Plan.Found found
                    && found.slices().size() == 1) {
                assertThat(found.slices()).as("round " + round).containsExactly(smallest.get());
            } else if (smallest.isPresent()) {
                // Several that leave less over are preferred to one that leaves more.
                assertThat(plan).isInstanceOfSatisfying(Plan.Found.class, found -> assertThat(found.slices().stream()
                                .mapToLong(SliceView::amount)
                                .sum())
                        .isLessThan(smallest.get().amount()));
            }
        }
    }

    @Test
    void whatIsAddedAndTakenOutAgainLeavesTheSamePlans() {
        Random random = new Random(4);
        for (int round = 0; round < 500; round++) {
            List<SliceView> slices = drawn(random);
            Offers kept = Offers.of(slices);
            for (int i = 0; i < 5; i++) {
                SliceView visitor = slice(new NodeId(0, 1 + random.nextInt(4)), "x" + i, random, SliceState.FREE);
                kept.add(visitor);
                kept.remove(visitor);
            }
            Requirement wish = wish(random);
            assertThat(Matching.match(wish, kept)).isEqualTo(Matching.match(wish, slices));
        }
    }

    private static List<SliceView> drawn(Random random) {
        List<SliceView> slices = new ArrayList<>();
        for (int i = 0; i < random.nextInt(30); i++) {
            SliceState state = random.nextInt(4) == 0 ? SliceState.ACTIVE : SliceState.FREE;
            slices.add(slice(new NodeId(0, 1 + random.nextInt(4)), "m" + i, random, state));
        }
        return slices;
    }

    private static SliceView slice(NodeId owner, String key, Random random, SliceState state) {
        return new SliceView(
                new SliceId(owner, key),
                random.nextInt(5) == 0 ? ResourceKind.FUNCTION : ResourceKind.MEMORY,
                1 + random.nextInt(8),
                random.nextInt(3) == 0 ? Set.of("crypto/aes") : Set.of(),
                state,
                Epoch.NONE,
                random.nextInt(3) == 0 ? ForcedEndEffect.FATAL : ForcedEndEffect.TOLERATED,
                FenceKind.HARDWARE_EPOCH,
                Optional.empty(),
                Optional.empty(),
                "");
    }

    private static Requirement wish(Random random) {
        return new Requirement(
                ResourceKind.MEMORY,
                1 + random.nextInt(12),
                random.nextInt(4) == 0 ? Optional.of("crypto/aes") : Optional.empty(),
                1000,
                0,
                random.nextInt(2) == 0 ? ForcedEndEffect.TOLERATED : ForcedEndEffect.FATAL,
                random.nextInt(4) == 0 ? Optional.of(new NodeId(0, 2)) : Optional.empty(),
                1 + random.nextInt(3));
    }
}
