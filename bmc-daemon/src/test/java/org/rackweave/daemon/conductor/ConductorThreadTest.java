package org.rackweave.daemon.conductor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.Role;
import org.rackweave.daemon.Limits;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.RefusalCode;

class ConductorThreadTest {
    private static final Principal PEER = new Principal("peer", new NodeId(1, 1), Role.NODE, Optional.empty());

    @Test
    void nobodyWaitsForAConductorThatHasEnded() {
        ConductorThread thread = new ConductorThread(() -> 1, new Counters(), bug -> {});
        thread.close();
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> {
            for (int i = 0; i < 2 * Limits.QUEUE; i++) {
                thread.bring(new Work.Tick());
            }
        });
    }

    @Test
    void whatTheHardwareBringsTakesNoRoomFromPeersAndAPeerTooManyIsToldToComeBack() {
        ConductorThread thread = new ConductorThread(() -> 1, new Counters(), bug -> {});
        for (int i = Limits.QUEUE_FOR_PEERS; i < Limits.QUEUE; i++) {
            thread.bring(new Work.Tick());
        }
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < Limits.QUEUE_FOR_PEERS; i++) {
            thread.submit(new Work.Asked(PEER, new Command.Describe(), answers::add));
        }
        assertThat(answers).isEmpty();
        thread.submit(new Work.Asked(PEER, new Command.Describe(), answers::add));
        assertThat(answers).singleElement().satisfies(answer -> assertThat(((Answer.Refused) answer).code())
                .isEqualTo(RefusalCode.BUSY));
    }

    @Test
    void aPeerIsToldToComeBackWhileTheDaemonStops() {
        ConductorThread thread = new ConductorThread(() -> 1, new Counters(), bug -> {});
        thread.close();
        List<Answer> answers = new ArrayList<>();
        thread.submit(new Work.Asked(PEER, new Command.Describe(), answers::add));
        assertThat(answers).hasSize(1);
        assertThat(((Answer.Refused) answers.get(0)).code()).isEqualTo(RefusalCode.BUSY);
    }
}
