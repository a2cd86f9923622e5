package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.mctp.Deadline;
import org.rackweave.hal.mctp.Octets;

/** A client by a mailbox, which has no tags and answers in the place of the command. */
class MailboxSessionTest {
    private static final Octets IDENTITY =
            Octets.ofHex("ee1b" + "0100" + "0000" + "0000" + "2a00000000000000" + "0c" + "00");

    private final Deque<CciMailbox.Answer> answers = new ArrayDeque<>();
    private final List<Integer> asked = new ArrayList<>();
    private int closed;

    private final FmClient client =
            new FmClient(FmRoute.mailbox("the test's", deadline -> new Scripted()), new FmPatience(50, 50, 200));

    private final class Scripted implements CciMailbox {
        @Override
        public Answer run(int opcode, Octets payload, Deadline deadline) throws IOException {
            asked.add(opcode);
            if (answers.isEmpty()) {
                throw new SocketTimeoutException("the doorbell stays");
            }
            return answers.remove();
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private void say(int returnCode, Octets payload) {
        answers.add(new CciMailbox.Answer(returnCode, 0, payload));
    }

    @Test
    void whoTheSwitchIsIsAskedAndItSpeaksAsTheSpecificationDoes() {
        say(0, IDENTITY);
        assertThat(client.greet()).isInstanceOfSatisfying(Outcome.Answered.class, answered -> {
            FmClient.Greeting greeting = (FmClient.Greeting) answered.response();
            assertThat(greeting.dialect()).isEqualTo(Dialect.CXL3);
            assertThat(greeting.identity().serial()).isEqualTo(42);
        });
        assertThat(asked).containsExactly(0x0001);
    }

    @Test
    void aCommandThatGoesOnInTheBackgroundIsFollowedThere() {
        say(0, IDENTITY);
        say(1, Octets.NONE);
        say(0, Octets.ofHex("6300" + "0152" + "0000" + "0000"));
        say(0, Octets.ofHex("c800" + "0152" + "0000" + "0000"));
        assertThat(client.call(new BindVppb.Request(0, 1, 2, 0xFFFF))).isInstanceOf(Outcome.Answered.class);
        assertThat(asked).containsExactly(0x0001, 0x5201, 0x0002, 0x0002);
    }

    @Test
    void whatTheMailboxIsNotDoneWithIsUnknownAndIsDrained() {
        say(0, IDENTITY);
        assertThat(client.call(new BindVppb.Request(0, 1, 2, 0xFFFF))).isInstanceOf(Outcome.Unknown.class);
        assertThat(client.call(new IdentifySwitch.Request())).isInstanceOf(Outcome.NotSent.class);
        say(0, Octets.ofHex("c800" + "0152" + "0000" + "0000"));
        assertThat(client.drain()).isInstanceOf(Drain.Idle.class);
        say(2, Octets.NONE);
        assertThat(client.call(new IdentifySwitch.Request()))
                .isEqualTo(new Outcome.Declined<>(ReturnCode.INVALID_INPUT, 0));
        client.close();
        assertThat(closed).isEqualTo(1);
    }
}
