// A product as a row of the carry chain for each bit of its shorter factor, for chips without multipliers.
//
// A logic cell of iCE40 adds and chooses at once: `short[row] ? before + addend : before` is one cell a bit. Two
// factors of 16 bits take 272 cells so, less than half of what a tree of adders takes, and the delay of 16 rows.
// Many rows are two chains of half as many, whose sums an adder joins: 10 % more cells, and little more than half
// the delay.
//
// Yosys joins each SB_CARRY with the SB_LUT4 beside it.
(* techmap_celltype = "$mul" *)
module _product (A, B, Y);
	parameter A_SIGNED = 0;
	parameter B_SIGNED = 0;
	parameter A_WIDTH = 1;
	parameter B_WIDTH = 1;
	parameter Y_WIDTH = 1;
	input [A_WIDTH-1:0] A;
	input [B_WIDTH-1:0] B;
	output [Y_WIDTH-1:0] Y;
	parameter _TECHMAP_CONSTMSK_A_ = 0;
	parameter _TECHMAP_CONSTMSK_B_ = 0;
	localparam SWAP = B_WIDTH > A_WIDTH;
	localparam N = SWAP ? B_WIDTH : A_WIDTH;
	localparam ROWS = SWAP ? A_WIDTH : B_WIDTH;
	localparam W = N + 1;
	localparam MANY = 12;
	localparam HALF = ROWS < MANY ? 0 : ROWS / 2;
	wire _TECHMAP_FAIL_ = A_SIGNED != B_SIGNED || ROWS < 2 || &_TECHMAP_CONSTMSK_A_ || &_TECHMAP_CONSTMSK_B_;

	wire [N-1:0] long = SWAP ? B : A;
	wire [ROWS-1:0] short = SWAP ? A : B;
	wire [W-1:0] addend = {A_SIGNED && long[N-1], long};
	wire [W*(ROWS+1)-1:0] sums;
	wire [ROWS+N-1:0] product;
	assign sums[W-1:0] = 0;
	genvar row, k;
	generate
		for (row = 0; row < ROWS; row = row + 1) begin : rows
			// The last bit of a signed factor counts negative: P - a = ~(~P + a), and the row before gives ~P.
			localparam MINUS = A_SIGNED && row == ROWS - 1;
			localparam BEFORE = A_SIGNED && row == ROWS - 2;
			wire [W-1:0] last = row == HALF ? {W{1'b0}} : sums[W*row +: W];
			wire [W-1:0] before = {A_SIGNED && last[W-1], last[W-1:1]};
			wire [W:0] carry;
			assign carry[0] = 0;
			for (k = 0; k < W; k = k + 1) begin : bits
				localparam [15:0] SUM = MINUS ? 16'h3CC3 : 16'hC33C;
				localparam [15:0] PASS = MINUS ? 16'h3333 : 16'hCCCC;
				localparam [15:0] TABLE = SUM & 16'hAAAA | PASS & 16'h5555;
				SB_CARRY c (.I0(before[k]), .I1(addend[k]), .CI(carry[k]), .CO(carry[k+1]));
				SB_LUT4 #(.LUT_INIT(BEFORE && k > 0 ? ~TABLE : TABLE)) l (
					.I0(short[row]), .I1(before[k]), .I2(addend[k]), .I3(carry[k]), .O(sums[W*(row+1)+k]));
			end
			if (row < HALF)
				assign product[row] = sums[W*(row+1)];
		end
	endgenerate
	wire [ROWS-HALF+N-1:0] upper;
	assign upper[ROWS-HALF+N-1:ROWS-HALF] = sums[W*ROWS+1 +: N];
	generate
		for (row = HALF; row < ROWS; row = row + 1) begin : uppers
			assign upper[row-HALF] = sums[W*(row+1)];
		end
		if (HALF == 0)
			assign product = upper;
		else begin
			wire [N-1:0] lower = sums[W*HALF+1 +: N];
			assign product[ROWS+N-1:HALF] = upper + {{ROWS-HALF{A_SIGNED && lower[N-1]}}, lower};
		end
		if (Y_WIDTH > ROWS + N)
			assign Y = {{Y_WIDTH-ROWS-N{A_SIGNED && product[ROWS+N-1]}}, product};
		else
			assign Y = product[Y_WIDTH-1:0];
	endgenerate
endmodule
