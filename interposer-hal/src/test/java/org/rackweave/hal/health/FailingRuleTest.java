package org.rackweave.hal.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.inventory.PciAddress;

class FailingRuleTest {
    private static final PciAddress CARD = new PciAddress(0, 0x3b, 0, 0);
    private static final PciAddress OTHER = new PciAddress(0, 0x5e, 0, 0);
    private static final long MINUTE = 60_000;

    private final FailingRule rule = new FailingRule();
    private long now;

    private List<PciAddress> looked(PcieErrors... look) {
        now += MINUTE;
        return rule.step(List.of(look), now).stream()
                .map(FailingRule.Failing::address)
                .toList();
    }

    private static PcieErrors errors(PciAddress address, long nonfatal, long fatal) {
        return new PcieErrors(
                address,
                Optional.of(new ErrorCount(1_000_000, Map.of("RxErr", 1_000_000L))),
                Optional.of(new ErrorCount(nonfatal, Map.of("UnsupReq", nonfatal))),
                Optional.of(new ErrorCount(fatal, Map.of("DLP", fatal))),
                Optional.empty());
    }

    @Test
    void oneFatalErrorIsEnoughAndIsNamedOnce() {
        assertThat(looked(errors(CARD, 0, 0), errors(OTHER, 0, 0))).isEmpty();
        now += MINUTE;
        assertThat(rule.step(List.of(errors(CARD, 0, 1), errors(OTHER, 0, 0)), now))
                .containsExactly(new FailingRule.Failing(
                        CARD, "0000:3b:00.0 reported 1 fatal PCIe error, of the kinds seen so far DLP"));
        assertThat(looked(errors(CARD, 0, 1), errors(OTHER, 0, 0))).isEmpty();
        assertThat(looked(errors(CARD, 0, 2), errors(OTHER, 0, 0))).containsExactly(CARD);
    }

    @Test
    void whatWasThereAtTheFirstLookFailsNobody() {
        assertThat(looked(errors(CARD, 500, 5))).isEmpty();
        assertThat(looked(errors(CARD, 500, 5))).isEmpty();
    }

    @Test
    void errorsThatAreNotFatalCountTogetherForAPeriodOnly() {
        looked(errors(CARD, 0, 0));
        for (int count = 1; count < FailingRule.MOST_NONFATAL; count++) {
            assertThat(looked(errors(CARD, count, 0))).as("%d", count).isEmpty();
        }
        assertThat(looked(errors(CARD, FailingRule.MOST_NONFATAL, 0))).containsExactly(CARD);
    }

    @Test
    void aFewErrorsInEachPeriodFailNobody() {
        looked(errors(CARD, 0, 0));
        for (int period = 1; period < 20; period++) {
            now += FailingRule.PERIOD_MILLIS;
            assertThat(looked(errors(CARD, period * (FailingRule.MOST_NONFATAL - 1), 0)))
                    .isEmpty();
        }
    }

    @Test
    void aDeviceThatComesAgainStartsAtNothing() {
        looked(errors(CARD, 9, 3));
        assertThat(looked(errors(CARD, 0, 0))).isEmpty();
        assertThat(looked(errors(CARD, 0, 1))).containsExactly(CARD);
        assertThat(looked()).isEmpty();
        assertThat(looked(errors(CARD, 0, 1))).as("away for a look").isEmpty();
        assertThat(looked(errors(CARD, 0, 2))).containsExactly(CARD);
    }

    @Test
    void countersThatCannotBeReadForALookMakeNoErrors() {
        assertThat(looked()).as("nothing can be read yet").isEmpty();
        assertThat(looked(errors(CARD, 500, 5))).isEmpty();
        PcieErrors unread = new PcieErrors(
                CARD,
                Optional.of(new ErrorCount(1, Map.of("RxErr", 1L))),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThat(looked(unread)).isEmpty();
        assertThat(looked(errors(CARD, 500, 5))).isEmpty();
        assertThat(looked(errors(CARD, 500, 6))).containsExactly(CARD);
    }

    /** Whatever counters do, a device is named exactly when its fatal errors grew since the last look, as long as no others come. */
    @Test
    void everyFatalErrorIsNamedAtTheNextLookAndNothingElse() {
        Random random = new Random(7);
        long before = 0;
        looked(errors(CARD, 0, before));
        for (int look = 0; look < 10_000; look++) {
            long count = random.nextInt(4) == 0 ? random.nextInt(3) : before + random.nextInt(3) / 2;
            List<PciAddress> expected = new ArrayList<>();
            if (Growth.of(before, count) > 0) {
                expected.add(CARD);
            }
            assertThat(looked(errors(CARD, 0, count))).isEqualTo(expected);
            before = count;
        }
    }

    @Test
    void countersThatStartAgainOrWrapGrowByWhatTheyShow() {
        assertThat(Growth.of(5, 7)).isEqualTo(2);
        assertThat(Growth.of(5, 3)).isEqualTo(3);
        assertThat(Growth.ofWrapping(90, 10, 100)).isEqualTo(20);
        assertThat(Growth.ofWrapping(Long.MAX_VALUE - 1, 1, Long.MAX_VALUE)).isEqualTo(2);
    }
}
