package org.rackweave.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rackweave.daemon.lease.OwnerRig.loan;
import static org.rackweave.daemon.lease.OwnerRig.memory;
import static org.rackweave.daemon.lease.OwnerRig.node;
import static org.rackweave.daemon.lease.OwnerRig.wish;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.LatencyClass;
import org.rackweave.protocol.message.LinePlace;
import org.rackweave.protocol.message.Locality;
import org.rackweave.protocol.message.RefusalCode;
import org.rackweave.protocol.message.Requirement;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;

/** Who waits, in which order, and what is kept for whom. */
class LineTest {
    /** Two slices that are held at the highest priority, so that nobody takes them back. */
    @Test
    void whoIsExpelledWaitsForNothingAndOthersKeepTheirPlaces() {
        OwnerRig rig = full();
        rig.want(1, 10, 4, 9);
        rig.want(2, 20, 4, 9);
        rig.step(new LeaseEvent.Expelled(node(1).id(), "its key was stolen"));
        assertThat(rig.core.wants(rig.now)).singleElement().satisfies(want -> assertThat(want.loan())
                .isEqualTo(loan(20)));
    }

    private static OwnerRig full() {
        OwnerRig rig = new OwnerRig(OwnerRig.POLICY, memory("a", 4), memory("b", 4));
        rig.grant(8, 80, "a", 9);
        rig.grant(8, 81, "b", 9);
        return rig;
    }

    @Test
    void theLineIsOrderedByPriorityThenByShareThenByArrival() {
        OwnerRig rig = new OwnerRig(
                OwnerRig.POLICY,
                memory("a", 4),
                memory("b", 4),
                OwnerRig.facts("c", ResourceKind.CORES, 2, ForcedEndEffect.TOLERATED),
                OwnerRig.facts("d", ResourceKind.CORES, 2, ForcedEndEffect.TOLERATED));
        rig.grant(8, 80, "a", 9);
        rig.grant(8, 81, "b", 9);
        // Node 1 has half of all cores: of what is lent here that is the most that any of these has.
        rig.grant(1, 82, "c", 9);
        rig.want(1, 1, 4, 5);
        rig.want(2, 2, 4, 5);
        rig.want(3, 3, 4, 5);
        rig.want(1, 4, 4, 6);
        rig.want(2, 5, 4, 4);
        assertThat(rig.line()).containsExactly(loan(4), loan(2), loan(3), loan(1), loan(5));
        rig.release("c");
        assertThat(rig.line()).containsExactly(loan(4), loan(1), loan(2), loan(3), loan(5));
    }

    @Test
    void anAskerIsToldItsPlaceAndKeepsItWhenItAsksAgain() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        assertThat(rig.want(2, 2, 4, 5)).isEqualTo(new Answer.Place(new LinePlace(2, 2, 0), 9_000));
        assertThat(rig.want(1, 1, 4, 5)).isEqualTo(new Answer.Place(new LinePlace(1, 2, 0), 9_000));
        assertThat(rig.last(Effect.SaveWant.class)).as("nothing has changed").isEmpty();
        rig.want(1, 1, 8, 5);
        assertThat(rig.last(Effect.SaveWant.class)).hasSize(1);
        assertThat(rig.line()).containsExactly(loan(1), loan(2));
    }

    @Test
    void whatBecomesFreeIsKeptForTheHeadWhichIsTold() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.want(2, 2, 4, 5);
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(1));
        assertThat(rig.coming(1)).isEqualTo(4);
        Answer.Refused no = (Answer.Refused) rig.reserve(2, 2, "a", 5);
        assertThat(no.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(no.detail())
                .contains("a is kept for " + rig.wants.get(loan(1)).brief() + " at priority 5");
        assertThat(no.retryAfterMillis()).isBetween(1L, 1_000L);
        assertThat(rig.reserve(3, 3, "a", 4)).isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(3, 1, "a", 5))
                .as("another borrower with the same loan")
                .isInstanceOf(Answer.Refused.class);
        assertThat(rig.reserve(1, 1, "a", 5)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aHigherPriorityMayTakeWhatIsKeptForALowerOne() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.release("a");
        assertThat(rig.reserve(3, 3, "a", 6)).isInstanceOf(Answer.Lease.class);
        assertThat(rig.coming(1)).isZero();
        rig.release("b");
        rig.want(2, 2, 4, 7);
        assertThat(rig.coming(2)).isEqualTo(4);
        assertThat(rig.freed).containsExactly(loan(1), loan(1), loan(2));
    }

    @Test
    void whatNobodyIsAheadForIsReservedAsEver() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.release("a");
        rig.release("b");
        assertThat(rig.reserve(3, 3, "b", 0))
                .as("one of two is enough for the head")
                .isInstanceOf(Answer.Lease.class);
    }

    @Test
    void whatIsNeverLentIsNotTakenFromWhoIsAheadWhileItsSliceIsStillWiped() {
        LendingRules rules = new LendingRules(Map.of(ResourceKind.MEMORY, 4L), Map.of(), Map.of(), Map.of(), 8);
        OwnerRig rig = new OwnerRig(
                OwnerRig.policy(rules, OwnerRig.LINE),
                OwnerRig.facts("a", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL),
                memory("b", 4));
        rig.slices.put("b", rig.row("b").to(SliceState.SANITISING, ""));
        rig.holdsHardware = true;
        rig.restart(LeaseEvent.Boot.SAME);
        Requirement onlyB = new Requirement(
                ResourceKind.MEMORY, 4, Optional.empty(), 60_000, 6, ForcedEndEffect.TOLERATED, Optional.empty(), 1);
        rig.want(1, 1, onlyB);
        rig.want(2, 2, 4, 5);
        assertThat(rig.coming(1)).isEqualTo(4);
        assertThat(rig.coming(2)).as("one of the two is never lent").isZero();
        assertThat(rig.reserve(2, 2, "a", 5)).isInstanceOf(Answer.Refused.class);
        rig.letHardwareGo();
        assertThat(rig.reserve(1, 1, "b", 6)).isInstanceOf(Answer.Lease.class);
    }

    @Test
    void aDeadBorrowerBlocksNobodyForLong() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.want(2, 2, 4, 5);
        rig.want(3, 3, 4, 3);
        rig.release("a");
        rig.pass(1_000);
        assertThat(rig.freed).containsExactly(loan(1), loan(2));
        rig.pass(1_000);
        assertThat(rig.freed)
                .as("the first has rested as long as it was waited for")
                .containsExactly(loan(1), loan(2), loan(1));
        rig.pass(1_000);
        assertThat(rig.freed).endsWith(loan(2));
        rig.pass(1_000);
        assertThat(rig.freed)
                .as("a lower priority has its turn while the higher ones rest")
                .endsWith(loan(3));
        rig.pass(9_000);
        assertThat(rig.line()).as("nobody has repeated anything").isEmpty();
        assertThat(rig.wants).isEmpty();
    }

    @Test
    void whoLetsReservationsLapseIsNotServedAtOnceAgain() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.release("a");
        rig.reserve(1, 1, "a", 5);
        rig.want(2, 2, 4, 5);
        rig.pass(2_000);
        assertThat(rig.freed).containsExactly(loan(1), loan(2));
        assertThat(rig.coming(2)).isEqualTo(4);
    }

    @Test
    void aWantStandsUntilItsLoanHoldsAllOfIt() {
        OwnerRig rig = full();
        rig.want(1, 1, 8, 5);
        rig.release("a");
        rig.release("b");
        rig.grant(1, 1, "a", 5);
        assertThat(rig.line()).containsExactly(loan(1));
        Answer reserved = rig.reserve(1, 1, "b", 5);
        assertThat(rig.line()).as("a reservation may lapse").containsExactly(loan(1));
        Answer.Lease lease = (Answer.Lease) reserved;
        rig.ask(node(1), new Command.Commit(lease.lease().id(), lease.lease().epoch()));
        assertThat(rig.line()).isEmpty();
        assertThat(rig.last(Effect.ForgetWant.class)).containsExactly(new Effect.ForgetWant(loan(1)));
    }

    @Test
    void theFewestSlicesThatAreEnoughAreKept() {
        OwnerRig rig = new OwnerRig(
                OwnerRig.POLICY, memory("a", 1), memory("b", 8), memory("c", 4), memory("d", 2), memory("e", 2));
        record Case(long amount, long kept) {}
        for (Case each : List.of(new Case(1, 1), new Case(3, 4), new Case(9, 9), new Case(11, 12), new Case(17, 17))) {
            rig.want(1, 1, each.amount(), 5);
            assertThat(rig.coming(1)).as("for " + each.amount()).isEqualTo(each.kept());
            rig.withdraw(1, 1);
        }
    }

    @Test
    void aPartThatIsNotEnoughIsGatheredForAWhileAndThenLetGo() {
        OwnerRig rig = full();
        rig.want(1, 1, 8, 5);
        rig.want(2, 2, 4, 5);
        rig.release("a");
        assertThat(rig.freed)
                .as("half of it is no use to anybody who wants all")
                .isEmpty();
        assertThat(rig.coming(1)).isEqualTo(4);
        rig.pass(2_900);
        assertThat(rig.freed).isEmpty();
        rig.pass(100);
        assertThat(rig.freed).containsExactly(loan(2));
    }

    @Test
    void aPartIsEnoughForWhoWouldBeginWithIt() {
        OwnerRig rig = full();
        rig.want(1, 1, wish(ResourceKind.MEMORY, 8, 5, 4));
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(1));
    }

    @Test
    void theLineOutlivesARestartAndAReboot() {
        for (LeaseEvent.Boot boot : LeaseEvent.Boot.values()) {
            OwnerRig rig = full();
            rig.want(1, 1, 4, 5);
            rig.want(2, 2, 4, 6);
            rig.pass(5_000);
            rig.restart(boot);
            assertThat(rig.line()).containsExactly(loan(2), loan(1));
            rig.pass(8_000);
            rig.want(3, 3, 4, 6);
            assertThat(rig.line())
                    .as("who comes after a restart comes last")
                    .containsExactly(loan(2), loan(3), loan(1));
            rig.release("a");
            assertThat(rig.freed).containsExactly(loan(2));
            rig.restart(LeaseEvent.Boot.SAME);
            assertThat(rig.coming(2)).as("what is kept is made again").isEqualTo(4);
        }
    }

    @Test
    void aWantIsForgottenWhenItIsNotRepeated() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.pass(8_000);
        rig.want(1, 1, 4, 5);
        rig.pass(8_999);
        assertThat(rig.line()).hasSize(1);
        rig.pass(1);
        assertThat(rig.line()).isEmpty();
        assertThat(rig.wants).isEmpty();
    }

    @Test
    void whoWasNotHeardIsToldAgainWhenItRepeats() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        rig.release("a");
        rig.want(1, 1, 4, 5);
        assertThat(rig.freed).containsExactly(loan(1), loan(1));
        rig.pass(1_000);
        assertThat(rig.coming(1)).as("repeating does not make it last longer").isZero();
    }

    @Test
    void nobodyTouchesAnothersWant() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        assertThat(((Answer.Refused) rig.want(2, 1, 4, 5)).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(((Answer.Refused) rig.withdraw(2, 1)).code()).isEqualTo(RefusalCode.DENIED);
        assertThat(rig.withdraw(1, 1)).isEqualTo(new Answer.Done());
        assertThat(rig.withdraw(1, 1)).isEqualTo(new Answer.Done());
        assertThat(rig.wants).isEmpty();
    }

    @Test
    void theLineIsBoundedForOneAndForAll() {
        OwnerRig rig = full();
        for (int i = 0; i < Line.MAX_WANTS_OF_BORROWER; i++) {
            assertThat(rig.want(1, i + 1, 4, 5)).isInstanceOf(Answer.Place.class);
        }
        Answer.Refused own = (Answer.Refused) rig.want(1, 999, 4, 5);
        assertThat(own.code()).isEqualTo(RefusalCode.BUSY);
        assertThat(own.detail()).contains("withdraw one");
        assertThat(rig.want(1, 1, 4, 5)).as("those that stand may be repeated").isInstanceOf(Answer.Place.class);
        // Those of many others, as its ledger has them.
        for (int i = Line.MAX_WANTS_OF_BORROWER; i < Line.MAX_WANTS; i++) {
            WantRow row = new WantRow(
                    loan(i + 1), node(2 + i / Line.MAX_WANTS_OF_BORROWER).id(), wish(4, 5), 4, i + 1, rig.now);
            rig.wants.put(row.loan(), row);
        }
        rig.restart(LeaseEvent.Boot.SAME);
        assertThat(rig.line()).hasSize(Line.MAX_WANTS);
        assertThat(((Answer.Refused) rig.want(500, 1000, 4, 5)).code()).isEqualTo(RefusalCode.BUSY);
    }

    @Test
    void whatCouldNeverBeMetIsRefusedWithWhatWouldHaveToChange() {
        LendingRules rules = new LendingRules(
                Map.of(ResourceKind.MEMORY, 2L),
                Map.of(),
                Map.of(node(2).id(), Map.of(ResourceKind.MEMORY, 3L)),
                Map.of(),
                64);
        OwnerRig rig = new OwnerRig(
                OwnerRig.policy(rules, OwnerRig.LINE),
                OwnerRig.facts("a", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL),
                OwnerRig.facts("b", ResourceKind.MEMORY, 4, ForcedEndEffect.FATAL));
        Map<Requirement, String> no = Map.of(
                wish(ResourceKind.CORES, 1, 5, 1), "is there at all",
                wish(7, 5), "2 of 8 are never lent",
                like(
                                Optional.of("crypto/aes-gcm"),
                                ForcedEndEffect.FATAL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Locality.ANY),
                        "can do crypto/aes-gcm",
                like(
                                Optional.empty(),
                                ForcedEndEffect.TOLERATED,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Locality.ANY),
                        "allow a fatal one",
                like(
                                Optional.empty(),
                                ForcedEndEffect.FATAL,
                                Optional.of(new NodeId(5, 5)),
                                Optional.empty(),
                                Optional.empty(),
                                Locality.ANY),
                        "ask that one",
                like(
                                Optional.empty(),
                                ForcedEndEffect.FATAL,
                                Optional.empty(),
                                Optional.of("fir.bit"),
                                Optional.empty(),
                                Locality.ANY),
                        "can be loaded with fir.bit",
                like(
                                Optional.empty(),
                                ForcedEndEffect.FATAL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(LatencyClass.SWITCH),
                                Locality.ANY),
                        "as near as switch",
                like(
                                Optional.empty(),
                                ForcedEndEffect.FATAL,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Locality.ONE_FABRIC),
                        "which fabric");
        no.forEach((wish, why) -> {
            Answer.Refused refused = (Answer.Refused) rig.want(1, 1, wish);
            assertThat(refused.code()).as(why).isEqualTo(RefusalCode.NO_MATCH);
            assertThat(refused.detail()).contains(why);
        });
        Answer.Refused quota = (Answer.Refused) rig.want(2, 2, 4, 5);
        assertThat(quota.code()).isEqualTo(RefusalCode.NO_MATCH);
        assertThat(quota.detail()).contains("your quota here is 3");
        assertThat(rig.line()).isEmpty();
    }

    @Test
    void aStepThatTheLedgerRefusedLeavesTheLineAsItWas() {
        OwnerRig rig = full();
        rig.want(1, 1, 4, 5);
        LeaseCore.Mark mark = rig.core.mark();
        rig.core.step(new LeaseEvent.Asked(node(2), "n2", new Command.Want(loan(2), wish(4, 7), 4), 1), rig.now);
        rig.core.step(new LeaseEvent.Asked(node(1), "n1", new Command.WithdrawWant(loan(1)), 2), rig.now);
        rig.core.back(mark);
        assertThat(rig.line()).containsExactly(loan(1));
        rig.release("a");
        assertThat(rig.freed).containsExactly(loan(1));
        assertThat(rig.state("a")).isEqualTo(SliceState.FREE);
    }

    private static Requirement like(
            Optional<String> capability,
            ForcedEndEffect worst,
            Optional<NodeId> from,
            Optional<String> configuration,
            Optional<LatencyClass> latency,
            Locality locality) {
        return new Requirement(
                ResourceKind.MEMORY, 1, capability, 60_000, 5, worst, from, 8, configuration, latency, locality, 1);
    }
}
