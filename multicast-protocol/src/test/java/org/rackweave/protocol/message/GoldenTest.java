package org.rackweave.protocol.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of version 1, which never change. */
class GoldenTest {
    /** One section of a golden file, without its annotations. */
    private record Section(String name, List<String> lines) {}

    private static List<Section> sections(String file) throws IOException {
        try (InputStream in = GoldenTest.class.getResourceAsStream(file)) {
            List<Section> sections = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                String text = line.replaceFirst("#.*", "").strip();
                if (text.startsWith("== ")) {
                    sections.add(new Section(text.substring(3), new ArrayList<>()));
                } else if (!text.isEmpty()) {
                    sections.get(sections.size() - 1).lines().add(text);
                }
            }
            return sections;
        }
    }

    private static byte[] bytes(List<String> lines) {
        return HexFormat.of().parseHex(String.join("", lines));
    }

    @Test
    void every_command_has_the_bytes_of_version_1() throws IOException {
        List<Section> sections = sections("commands-v1.txt");
        List<Command> commands = Samples.commands();
        assertThat(sections).hasSameSizeAs(commands);

        for (int i = 0; i < commands.size(); i++) {
            Command command = commands.get(i);
            Section section = sections.get(i);
            Request request = CommandCodec.encode(command);
            String parameters = request.query().isEmpty() ? "" : "?" + String.join("&", request.query());
            byte[] body = bytes(section.lines().subList(1, section.lines().size()));

            assertThat(section.name()).isEqualTo(command.kind().name());
            assertThat(request.route().method() + " /" + String.join("/", request.path()) + parameters)
                    .isEqualTo(section.lines().get(0));
            assertThat(request.body()).as("%s", command).isEqualTo(body);
            assertThat(decode(section.lines().get(0), body)).isEqualTo(new Decoded.Accepted<>(command));
        }
        assertThat(commands.stream().map(Command::kind)).containsAll(EnumSet.allOf(Command.Kind.class));
    }

    private static Decoded<Command> decode(String line, byte[] body) {
        String[] words = line.split(" ", -1);
        String[] parts = words[1].split("\\?", -1);
        Route.Method method = Route.Method.valueOf(words[0]);
        List<String> path = Arrays.asList(parts[0].substring(1).split("/", -1));
        Route.Found found = (Route.Found) Route.find(java.util.Optional.of(method), path);
        return CommandCodec.decode(
                found.route(), found.name(), Arrays.asList(parts).subList(1, parts.length), body);
    }

    @Test
    void every_answer_has_the_bytes_of_version_1() throws IOException {
        List<Section> sections = sections("answers-v1.txt");
        List<Answer> answers = Samples.answers();
        assertThat(sections).hasSameSizeAs(answers);

        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            byte[] bytes = bytes(sections.get(i).lines());

            assertThat(sections.get(i).name()).isEqualTo(answer.kind().name());
            assertThat(AnswerCodec.encode(answer)).as("%s", answer).isEqualTo(bytes);
            assertThat(AnswerCodec.decode(bytes, RefusalCode.INVALID)).isEqualTo(new Decoded.Accepted<>(answer));
        }
        assertThat(answers.stream().map(Answer::kind)).containsAll(EnumSet.allOf(Answer.Kind.class));
    }

    @Test
    void codes_on_the_wire_never_change() {
        assertThat(Arrays.stream(Answer.Kind.values()).map(Answer.Kind::code))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 20, 21, 22, 23, 24, 25, 26, 27);
        assertThat(Arrays.stream(RefusalCode.values()).map(RefusalCode::code))
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(Arrays.stream(ResourceKind.values()).map(ResourceKind::code)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(Arrays.stream(SliceState.values()).map(SliceState::code)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(Arrays.stream(LoanState.values()).map(LoanState::code)).containsExactly(1, 2, 3, 4, 5, 6, 7);
        assertThat(Arrays.stream(ForcedEndEffect.values()).map(ForcedEndEffect::code))
                .containsExactly(1, 2);
        assertThat(Arrays.stream(FenceKind.values()).map(FenceKind::code)).containsExactly(1, 2);
        assertThat(Arrays.stream(Command.Borrow.Mode.values()).map(Command.Borrow.Mode::code))
                .containsExactly(1, 2, 3);
        assertThat(Arrays.stream(LatencyClass.values()).map(LatencyClass::code)).containsExactly(1, 2, 3, 4);
        assertThat(Arrays.stream(AskState.values()).map(AskState::code)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(Arrays.stream(HostOrder.Kind.values()).map(HostOrder.Kind::code))
                .containsExactly(1, 2, 3);
        assertThat(Arrays.stream(OrderOutcome.values()).map(OrderOutcome::code)).containsExactly(1, 2, 3);
        assertThat(Arrays.stream(Locality.values()).map(Locality::code)).containsExactly(1, 2);
    }
}
