package org.rackweave.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.rackweave.daemon.lease.SliceFacts;
import org.rackweave.daemon.lease.SliceRow;
import org.rackweave.protocol.message.Epoch;
import org.rackweave.protocol.message.FenceKind;
import org.rackweave.protocol.message.ForcedEndEffect;
import org.rackweave.protocol.message.ResourceKind;
import org.rackweave.protocol.message.SliceState;
import org.rackweave.protocol.message.SliceView;

class PrintableTest {
    @Test
    void whatDoesNotFitEndsBehindAWord() {
        assertThat(Printable.startOf("look at it", 10)).isEqualTo("look at it");
        assertThat(Printable.startOf("look at it, then end", 12)).isEqualTo("look at it,…");
        assertThat(Printable.startOf("look at it, then end", 11)).isEqualTo("look at…");
        assertThat(Printable.startOf("a".repeat(20), 10)).isEqualTo("a".repeat(9) + "…");
        assertThat(Printable.startOf("a " + "b".repeat(20), 10)).isEqualTo("a " + "b".repeat(7) + "…");
        for (int max = 2; max < 40; max++) {
            assertThat(Printable.startOf("the hardware did not do as it was told", max))
                    .hasSizeLessThanOrEqualTo(max);
        }
    }

    @Test
    void theReasonOfAQuarantineIsNotCutInTheMiddleOfAWord() {
        String reason = "it could not be taken back: " + "port 3 had another device; ".repeat(20);
        SliceRow row = new SliceRow(
                new SliceFacts(
                        "mem0", ResourceKind.MEMORY, 1, Set.of(), ForcedEndEffect.TOLERATED, FenceKind.ROUTE_READBACK),
                SliceState.QUARANTINED,
                Epoch.NONE,
                Optional.empty(),
                Optional.empty(),
                reason);
        assertThat(row.reason())
                .hasSizeLessThanOrEqualTo(SliceView.MAX_REASON_CHARS)
                .endsWith("…");
        List<String> words = List.of(row.reason().replace("…", "").split(" ", -1));
        assertThat(List.of(reason.split(" ", -1))).containsAll(words);
    }
}
