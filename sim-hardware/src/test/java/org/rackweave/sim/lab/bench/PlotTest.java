package org.rackweave.sim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PlotTest {
    private static Plot plot() {
        return new Plot("a < b & c", "x", "y")
                .line("line", List.of(new Plot.Point(1, 10, 0), new Plot.Point(100, 12, 1)))
                .points("points", List.of(new Plot.Point(10, 11, 0.5)))
                .level("goal", 9);
    }

    @Test
    void isXmlWithAllSeriesOnThePageAndNamed() throws Exception {
        for (Plot.Scale scale : Plot.Scale.values()) {
            String svg = plot().scale(scale).svg();
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
            assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
            assertThat(svg)
                    .contains(">line<", ">points<", ">goal<", "a &lt; b &amp; c")
                    .doesNotContain("NaN");
        }
    }

    @Test
    void theSameSeriesGiveTheSameBytes() {
        assertThat(plot().svg()).isEqualTo(plot().svg());
    }

    @Test
    void aSeriesWithoutPointsIsRefused() {
        assertThatThrownBy(() -> plot().line("nothing", List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
