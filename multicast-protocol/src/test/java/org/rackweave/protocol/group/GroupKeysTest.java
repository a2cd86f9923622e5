package org.rackweave.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.GroupKey;
import org.rackweave.crypto.KeyMark;
import org.rackweave.crypto.MadeKey;
import org.rackweave.crypto.NodeId;

/** When one node makes, uses, gives and asks for a group key. */
class GroupKeysTest {
    private static final NodeId LOW = new NodeId(0, 1);
    private static final NodeId SELF = new NodeId(0, 2);
    private static final NodeId HIGH = new NodeId(0, 3);
    private static final GroupTiming TIMING = GroupTiming.STANDARD;
    private static final MadeKey FIRST = key(0, 1, 1);

    private GroupKeys keys = started(FIRST, 0);
    private final List<GroupEffect> effects = new ArrayList<>();
    private long now;

    private static GroupKeys started(MadeKey kept, long revocations) {
        return new GroupKeys(SELF, TIMING, List.of(kept), 0, revocations, 0);
    }

    private static MadeKey key(long revocations, long number, int fill) {
        byte[] bytes = new byte[GroupKey.KEY_BYTES];
        bytes[0] = (byte) fill;
        return new MadeKey(GroupKey.of(number, bytes), revocations, LOW, 0);
    }

    private void step(GroupEvent event) {
        effects.clear();
        effects.addAll(keys.step(event, now));
    }

    private void at(long millis) {
        now = millis;
        step(new GroupEvent.Tick());
    }

    private void learn(MadeKey key) {
        step(new GroupEvent.Answered(LOW, List.of(key)));
    }

    private <T> List<T> done(Class<T> effect) {
        return effects.stream().filter(effect::isInstance).map(effect::cast).toList();
    }

    @Test
    void theLowestMakesAKeyWhenItIsDueAndTheNextOneATurnLater() {
        step(new GroupEvent.MarkHeard(LOW, FIRST.mark()));
        step(new GroupEvent.RackChanged(Set.of(LOW)));
        at(TIMING.periodMillis() + TIMING.turnMillis() - 1);
        assertThat(effects).isEmpty();
        at(TIMING.periodMillis() + TIMING.turnMillis());
        assertThat(effects).containsExactly(new GroupEffect.Make(0, 2));
        keys = started(FIRST, 0);
        now = 0;
        step(new GroupEvent.MarkHeard(HIGH, FIRST.mark()));
        step(new GroupEvent.RackChanged(Set.of(HIGH)));
        at(TIMING.periodMillis());
        assertThat(effects).containsExactly(new GroupEffect.Make(0, 2));
    }

    @Test
    void aMadeKeyIsOnTheDiskBeforeAnybodyIsToldAndIsUsedWhenAllHaveIt() {
        step(new GroupEvent.MarkHeard(HIGH, FIRST.mark()));
        step(new GroupEvent.RackChanged(Set.of(HIGH)));
        MadeKey second = key(0, 2, 2);
        step(new GroupEvent.Made(second));
        assertThat(effects.get(0)).isEqualTo(new GroupEffect.Keep(List.of(FIRST, second)));
        assertThat(effects.get(1)).isEqualTo(new GroupEffect.Use(FIRST, List.of(FIRST, second)));
        assertThat(keys.mark()).isEqualTo(second.mark());
        assertThat(keys.lacking()).containsExactly(HIGH);
        now = 1_000;
        step(new GroupEvent.MarkHeard(HIGH, second.mark()));
        assertThat(done(GroupEffect.Use.class)).containsExactly(new GroupEffect.Use(second, List.of(FIRST, second)));
        at(1_000 + TIMING.previousMillis() - 1);
        assertThat(keys.accepted()).containsExactly(FIRST, second);
        at(1_000 + TIMING.previousMillis());
        assertThat(done(GroupEffect.Use.class)).containsExactly(new GroupEffect.Use(second, List.of(second)));
    }

    @Test
    void oneNeighbourThatDoesNotFetchAKeyHoldsItUpForABoundedTimeOnlyAlsoWhenNewerOnesCome() {
        step(new GroupEvent.MarkHeard(HIGH, FIRST.mark()));
        step(new GroupEvent.RackChanged(Set.of(HIGH)));
        learn(key(0, 2, 2));
        at(TIMING.spreadMillis() - 1);
        learn(key(0, 3, 3));
        assertThat(keys.sending()).isEqualTo(FIRST);
        at(TIMING.spreadMillis());
        assertThat(keys.sending()).isEqualTo(key(0, 3, 3));
        assertThat(keys.accepted()).hasSize(3);
    }

    @Test
    void aNewListOfRevocationsIsAReasonForAKeyAtOnceAndNoOlderKeyIsNewerThanThat() {
        at(TIMING.quietMillis());
        step(new GroupEvent.RevocationsHeld(1));
        assertThat(effects).containsExactly(new GroupEffect.Make(1, 2));
        step(new GroupEvent.Made(key(1, 2, 2)));
        learn(key(0, GroupKey.LAST_NUMBER, 9));
        assertThat(keys.mark()).isEqualTo(key(1, 2, 2).mark());
    }

    @Test
    void aMemberThatUsesUpAllNumbersIsUndoneByItsRevocation() {
        learn(key(0, GroupKey.LAST_NUMBER, 9));
        at(2 * TIMING.periodMillis());
        assertThat(done(GroupEffect.Make.class)).isEmpty();
        step(new GroupEvent.RevocationsHeld(1));
        assertThat(effects).containsExactly(new GroupEffect.Make(1, 1));
    }

    @Test
    void aKeyUnderAListThatIsNotHeldIsNotTakenNotAskedForAndNotGiven() {
        learn(key(1, 2, 2));
        assertThat(keys.mark()).isEqualTo(FIRST.mark());
        step(new GroupEvent.MarkHeard(LOW, key(1, 2, 2).mark()));
        assertThat(effects).isEmpty();
        keys = started(key(1, 2, 2), 0);
        assertThat(keys.toGive()).isEmpty();
        step(new GroupEvent.RevocationsHeld(1));
        assertThat(keys.toGive()).containsExactly(key(1, 2, 2));
    }

    @Test
    void onlyTheKeyInUseAndNewerOnesAreGiven() {
        learn(key(0, 3, 3));
        assertThat(keys.toGive()).containsExactly(FIRST, key(0, 3, 3));
        at(TIMING.spreadMillis());
        assertThat(keys.toGive()).containsExactly(key(0, 3, 3));
        step(new GroupEvent.Answered(HIGH, List.of(key(0, 2, 2))));
        assertThat(keys.accepted()).contains(key(0, 2, 2));
        assertThat(keys.toGive()).containsExactly(key(0, 3, 3));
    }

    @Test
    void aNeighbourThatSaysNothingOfKeysHoldsUpWhatIsDueByAgeForAPeriodAndNotWhatIsDueByRevocation() {
        step(new GroupEvent.MarkHeard(HIGH, KeyMark.NONE));
        step(new GroupEvent.RackChanged(Set.of(HIGH)));
        at(2 * TIMING.periodMillis() - 1);
        assertThat(effects).isEmpty();
        step(new GroupEvent.RevocationsHeld(1));
        assertThat(effects).containsExactly(new GroupEffect.Make(1, 2));
        keys = started(FIRST, 0);
        now = 0;
        step(new GroupEvent.MarkHeard(HIGH, KeyMark.NONE));
        step(new GroupEvent.RackChanged(Set.of(HIGH)));
        at(2 * TIMING.periodMillis());
        assertThat(effects).containsExactly(new GroupEffect.Make(0, 2));
    }

    @Test
    void anAgeThatNoKeyHasIsTakenForNone() {
        keys = new GroupKeys(SELF, TIMING, List.of(FIRST), 20_779L * 24 * 3_600_000, 0, 0);
        at(TIMING.periodMillis() - 1);
        assertThat(effects).isEmpty();
        keys = new GroupKeys(SELF, TIMING, List.of(FIRST), TIMING.periodMillis() - TIMING.quietMillis(), 0, 0);
        at(TIMING.quietMillis());
        assertThat(effects).containsExactly(new GroupEffect.Make(0, 2));
    }

    @Test
    void whatIsMadeComesAfterAllElseThatIsDecided() {
        learn(key(0, 2, 2));
        at(TIMING.spreadMillis());
        assertThat(keys.accepted()).hasSize(2);
        now = TIMING.spreadMillis() + TIMING.previousMillis();
        step(new GroupEvent.RotationOrdered());
        assertThat(done(GroupEffect.Use.class)).hasSize(1);
        assertThat(effects).endsWith(new GroupEffect.Make(0, 3));
    }

    @Test
    void whoAnnouncesMuchAndGivesNothingKeepsNobodyFromAskingTheOthers() {
        int asked = 0;
        for (now = 0; now < 10_000; now += 40) {
            step(new GroupEvent.MarkHeard(HIGH, key(0, GroupKey.LAST_NUMBER, 9).mark()));
            boolean isLiarAsked = effects.contains(new GroupEffect.Ask(HIGH));
            if (isLiarAsked) {
                step(new GroupEvent.Answered(HIGH, List.of()));
            }
            if (now % 1_000 == 0) {
                step(new GroupEvent.MarkHeard(LOW, key(0, 2, 2).mark()));
            }
            if (effects.contains(new GroupEffect.Ask(LOW))) {
                asked++;
                step(new GroupEvent.Answered(LOW, List.of()));
            }
        }
        assertThat(asked).isGreaterThan(2);
    }

    @Test
    void whatProvesNothingLeadsToOneQuestionASecondAndToEverFewerOfOneNeighbour() {
        long questions = 0;
        for (now = 0; now < 600_000; now += 100) {
            step(new GroupEvent.OtherGroupHeard(HIGH));
            questions += done(GroupEffect.Ask.class).size();
            step(new GroupEvent.Answered(HIGH, List.of(FIRST)));
            assertThat(done(GroupEffect.Deaf.class)).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(questions).as("1, 2, 4 … 60 seconds apart").isBetween(14L, 17L);
        long others = 0;
        for (int i = 0; i < 1_000; i++, now += 10) {
            NodeId madeUp = new NodeId(7, i);
            step(new GroupEvent.OtherGroupHeard(madeUp));
            others += done(GroupEffect.Ask.class).size();
            step(new GroupEvent.Answered(madeUp, List.of()));
        }
        assertThat(others).as("in ten seconds").isBetween(9L, 11L);
    }

    @Test
    void aNeighbourThatAnnouncesANewerKeyIsAskedForItAndNotAgainAtOnce() {
        KeyMark newer = key(0, 2, 2).mark();
        step(new GroupEvent.MarkHeard(LOW, newer));
        assertThat(effects).containsExactly(new GroupEffect.Ask(LOW));
        step(new GroupEvent.Answered(LOW, List.of()));
        now = TIMING.askGapMillis() - 1;
        step(new GroupEvent.MarkHeard(LOW, newer));
        assertThat(effects).isEmpty();
        now = TIMING.askGapMillis();
        step(new GroupEvent.MarkHeard(LOW, newer));
        assertThat(effects).containsExactly(new GroupEffect.Ask(LOW));
    }

    @Test
    void thoseThatWantAKeyAtOnceAskOneAfterAnotherInTheOrderOfTheirIds() {
        step(new GroupEvent.RackChanged(Set.of(LOW, HIGH)));
        step(new GroupEvent.MarkHeard(HIGH, key(0, 2, 2).mark()));
        assertThat(effects).isEmpty();
        assertThat(keys.nextDeadline()).hasValue(1_000 / 64);
        at(1_000 / 64);
        assertThat(effects).containsExactly(new GroupEffect.Ask(HIGH));
    }
}
