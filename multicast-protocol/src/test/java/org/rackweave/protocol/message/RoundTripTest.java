package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.upokecenter.cbor.CBORObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever can be said arrives as it was said, in one form only, which an independent library reads too. */
class RoundTripTest {
    private static final int SEEDS = 300;

    @Test
    void commands() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (Command.Kind kind : Command.Kind.values()) {
                Command command = new Generated(seed).command(kind);
                Request request = CommandCodec.encode(command);

                assertThat(request.body().length).isLessThanOrEqualTo(CommandCodec.MAX_BODY_BYTES);
                assertThat(Route.find(Optional.of(request.route().method()), request.path()))
                        .as("seed %d %s", seed, kind)
                        .isInstanceOfSatisfying(Route.Found.class, found -> assertThat(CommandCodec.decode(
                                        found.route(), found.name(), request.query(), request.body()))
                                .isEqualTo(new Decoded.Accepted<>(command)));
                if (request.body().length > 0) {
                    assertThat(CBORObject.DecodeFromBytes(request.body()).EncodeToBytes())
                            .isEqualTo(request.body());
                }
            }
        }
    }

    @Test
    void answers() {
        for (long seed = 0; seed < SEEDS; seed++) {
            for (Answer.Kind kind : Answer.Kind.values()) {
                Answer answer = new Generated(seed).answer(kind);
                byte[] bytes = AnswerCodec.encode(answer);

                assertThat(AnswerCodec.decode(bytes, RefusalCode.INVALID))
                        .as("seed %d %s", seed, kind)
                        .isEqualTo(new Decoded.Accepted<>(answer));
                assertThat(CBORObject.DecodeFromBytes(bytes).EncodeToBytes()).isEqualTo(bytes);
            }
        }
    }

    @Test
    void every_route_leads_to_its_command_and_no_other_spelling_does() {
        for (Command command : Samples.commands()) {
            Request request = CommandCodec.encode(command);
            assertThat(request.route().kind()).isEqualTo(command.kind());
            assertThat(request.path()).hasSizeLessThanOrEqualTo(Route.MAX_SEGMENTS);
        }
        Optional<Route.Method> get = Optional.of(Route.Method.GET);
        assertThat(Route.find(get, java.util.List.of())).isEqualTo(new Route.UnknownPath());
        assertThat(Route.find(get, java.util.List.of("rw", "v1"))).isEqualTo(new Route.UnknownPath());
        assertThat(Route.find(get, java.util.List.of("rw", "v2", "node"))).isEqualTo(new Route.UnknownPath());
        assertThat(Route.find(Optional.empty(), java.util.List.of("rw", "v1", "leases")))
                .isEqualTo(new Route.WrongMethod(java.util.Set.of(Route.Method.GET, Route.Method.POST)));
        assertThat(CommandCodec.decode(
                        Route.READ_LEASE, "00112233445566778899AABBCCDDEEFF", java.util.List.of(), new byte[0]))
                .isInstanceOf(Decoded.Rejected.class);
    }
}
