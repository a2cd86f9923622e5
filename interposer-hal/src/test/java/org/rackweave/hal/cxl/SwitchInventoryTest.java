package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SwitchInventoryTest {
    @Test
    void ports_are_asked_about_in_numbers_whose_answers_every_known_peer_sends_whole() {
        for (int ports = 0; ports <= 255; ports++) {
            List<Integer> ids = IntStream.range(0, ports).boxed().toList();
            List<List<Integer>> groups = SwitchInventory.groups(ids);

            assertThat(groups.stream().flatMap(List::stream)).containsExactlyElementsOf(ids);
            assertThat(groups).allSatisfy(group -> {
                int messageBytes = CxlLimits.HEADER_BYTES + 4 + 16 * group.size();
                assertThat(messageBytes % 64).isNotZero();
            });
        }
    }

    @Test
    void a_dry_run_has_the_bytes_that_another_program_sends_for_the_same_command() {
        // As captured from jack, but for the tag and the sequence number: ours is the second request of its connection.
        String captured = "010000c8" + "07000000015206000000000000" + "000404000000";
        String bytes = FmDryRun.bytesOf(List.of(new BindVppb.Request(0, 4, 4, 0)))
                .get(1)
                .toString();

        assertThat(bytes)
                .isEqualTo(captured.replace("c8" + "0700", "d9" + "0700").replace("d907000000", "d907000100")
                        + "00".repeat(68 - captured.length() / 2));
    }
}
