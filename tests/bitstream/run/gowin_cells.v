// Blocks of a Gowin chip, read from its bitstream, that are no plain logic; its pins are those of `allspike_board`.

// A block RAM (UG285, Gowin BSRAM & SSRAM): two ports to 1,024 words of 18 bits, without output registers. A port
// of 36 bits takes the data lines of both; one of 8, 4, 2 or 1 passes by the ninth bit of each byte. In words of 18
// and 36 bits the lowest lines of the address say which bytes are written.
module BSRAM #(
	parameter WIDTH_A = 18, parameter WIDTH_B = 18,
	parameter WRITE_A = 0, parameter WRITE_B = 0,  // read at a write: what was read last, is written, was there
	parameter [2:0] SELECT_A = 0, parameter [2:0] SELECT_B = 0,
	parameter [18431:0] CONTENTS = 0
) (
	input [17:0] DIA, input [17:0] DIB, input [13:0] ADA, input [13:0] ADB,
	input [2:0] BLKSELA, input [2:0] BLKSELB,
	input CLKA, input CLKB, input CEA, input CEB, input OCEA, input OCEB,
	input WREA, input WREB, input RESETA, input RESETB,
	output [17:0] DOA, output [17:0] DOB
);
	reg [17:0] words [0:1023];
	integer k;
	initial for (k = 0; k < 1024; k = k + 1) words[k] = CONTENTS[18 * k +: 18];

	reg [35:0] read_a = 0;
	reg [35:0] read_b = 0;
	wire a = CEA && BLKSELA == SELECT_A;
	wire b = CEB && BLKSELB == SELECT_B;
	wire [35:0] both = {DIB, DIA};
	assign DOA = WIDTH_B == 36 ? read_b[17:0] : read_a[17:0];
	assign DOB = WIDTH_B == 36 ? read_b[35:18] : read_b[17:0];

	// Bit of a word of 18 bits at which a narrower word begins.
	function [4:0] first(input integer width, input [13:0] address);
		first = width >= 18 ? 0 : 9 * address[3] + (width == 9 ? 0 : address[2:0] & ~(width - 1));
	endfunction

	// Which of 36 bits are written, from the word of 18 bits on.
	function [35:0] mask(input integer width, input [13:0] address);
		case (width)
			36: mask = {{9{address[3]}}, {9{address[2]}}, {9{address[1]}}, {9{address[0]}}};
			18: mask = {18'b0, {9{address[1]}}, {9{address[0]}}};
			default: mask = ((36'b1 << width) - 36'b1) << first(width, address);
		endcase
	endfunction

	// What is written, where it belongs.
	function [35:0] placed(input integer width, input [13:0] address, input [35:0] data);
		placed = data << first(width, address);
	endfunction

	// What a port gets from two words.
	function [35:0] taken(input integer width, input [13:0] address, input [35:0] pair);
		taken = width == 36 ? pair : (pair[17:0] >> first(width, address)) & ((36'b1 << width) - 36'b1);
	endfunction

	wire [9:0] word_a = WIDTH_A == 36 ? {ADA[13:5], 1'b0} : ADA[13:4];
	wire [9:0] word_b = WIDTH_B == 36 ? {ADB[13:5], 1'b0} : ADB[13:4];
	wire [35:0] mask_a = WREA ? mask(WIDTH_A, ADA) : 36'b0;
	// A port of 36 bits that reads has no data lines of its own to write.
	wire write_b = WREB && WIDTH_B != 36;
	wire [35:0] mask_b = write_b ? mask(WIDTH_B, ADB) : 36'b0;
	wire [35:0] old_a = {words[word_a | 10'b1], words[word_a]};
	wire [35:0] old_b = {words[word_b | 10'b1], words[word_b]};
	wire [35:0] new_a = (old_a & ~mask_a) | (placed(WIDTH_A, ADA, both) & mask_a);
	wire [35:0] new_b = (old_b & ~mask_b) | (placed(WIDTH_B, ADB, {18'b0, DIB}) & mask_b);

	always @(posedge CLKA) begin
		if (a && WREA) begin
			words[word_a] <= new_a[17:0];
			if (WIDTH_A == 36) words[word_a | 10'b1] <= new_a[35:18];
		end
		if (a && (!WREA || WRITE_A != 0)) read_a <= taken(WIDTH_A, ADA, WREA && WRITE_A == 1 ? new_a : old_a);
		if (RESETA) read_a <= 0;
	end

	always @(posedge CLKB) begin
		if (b && write_b) words[word_b] <= new_b[17:0];
		if (b && (!write_b || WRITE_B != 0)) read_b <= taken(WIDTH_B, ADB, write_b && WRITE_B == 1 ? new_b : old_b);
		if (RESETB) read_b <= 0;
	end
endmodule

// A PLL: it gives the clock of the simulation, and says that it does once the clock that it gets has swung.
module PLL (input CLKIN, output CLKOUT, output LOCK);
	reg [3:0] swung = 0;
	always @(posedge CLKIN) if (!LOCK) swung <= swung + 1;
	assign CLKOUT = allspike_board.clk;
	assign LOCK = &swung;
endmodule
