package org.rackweave.hal.cxl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.cxl.Conversations.Conversation;
import org.rackweave.hal.mctp.MctpEndpoint;
import org.rackweave.hal.mctp.MctpMessage;
import org.rackweave.hal.mctp.MctpPackets;
import org.rackweave.hal.mctp.Octets;

/** Our endpoint in the place of the one that was captured. */
class MctpEndpointTest {
    private static final UUID CAPTURED = UUID.fromString("b13741cd-b4ea-4987-9a9e-3f3fc26eceb1");

    @Test
    void it_answers_what_a_strangers_program_asks_as_the_captured_one_did() {
        MctpEndpoint endpoint = new MctpEndpoint(0, CAPTURED);
        List<Conversation> control = Conversations.captured().stream()
                .filter(each -> each.title().startsWith("jack mctp"))
                .toList();
        assertThat(control).hasSize(5);
        for (Conversation conversation : control) {
            MctpMessage asked = CapturedConversationTest.assembled(conversation.request());
            MctpMessage answer = endpoint.answer(asked).orElseThrow();

            assertThat(List.of(new MctpPackets().packetsOf(answer)))
                    .as(conversation.title())
                    .isEqualTo(conversation.response());
        }
        assertThat(endpoint.id()).isEqualTo(9);
    }

    @Test
    void noise_is_answered_with_a_code_or_not_at_all_and_never_makes_an_id_that_is_reserved() {
        MctpEndpoint endpoint = new MctpEndpoint(8, CAPTURED);
        Random random = new Random(3);
        for (int round = 0; round < 20_000; round++) {
            byte[] body = new byte[random.nextInt(6)];
            random.nextBytes(body);
            Optional<MctpMessage> answer = endpoint.answer(
                    new MctpMessage(0, 0, MctpMessage.Role.REQUEST, 0, MctpMessage.TYPE_CONTROL, Octets.adopt(body)));

            answer.ifPresent(message -> assertThat(message.body().length()).isGreaterThanOrEqualTo(3));
            assertThat(endpoint.id()).isBetween(8, 254);
        }
    }
}
